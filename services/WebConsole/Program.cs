using TagSegments.WebConsole;

await using var app = WebConsoleApp.Build(args);
await app.RunAsync();
