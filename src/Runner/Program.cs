return global::FashionCnn.CommandLine.CommandLineProgram.Run(args, global::FashionCnn.Runner.GeneratedModels.ModelCatalog.All, global::FashionCnn.SpecFiles.SpecClass.Build);
