Console.Error.WriteLine("There is no command yet.");
return 2;
