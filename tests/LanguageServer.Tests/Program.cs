// What the tests start as a process of its own: the server, as the command language-server does.
return args is ["language-server"] ? FashionCnn.LanguageServer.LanguageServerProgram.Run() : 2;
