using TagSegments.Standalone;

return await StandaloneCommand.RunAsync(args);
