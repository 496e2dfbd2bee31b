return global::FashionCnn.Tool.ToolProgram.Run(args);
