using TagSegments.ServiceDefaults.Host;
using TagSegments.WebConsole;

return await PageHost.RunAsync(args, own => WebConsoleApp.Build(own));
