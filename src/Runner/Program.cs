return CommandLineProgram.Run(args, ModelCatalog.All);
