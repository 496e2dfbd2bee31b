return FashionCnn.CommandLine.CommandLineProgram.Run(args, FlowersNamespace.GeneratedModels.ModelCatalog.All);
