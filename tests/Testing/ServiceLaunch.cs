namespace TagSegments.Testing;

/// <summary>How a service is started: the folder with its program, and variables of its environment.</summary>
internal sealed record ServiceLaunch(string Folder, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>A command that comes before the program and runs it.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The programs that were built with this one.</summary>
    public static ServiceLaunch OfThisBuild { get; } = new(AppContext.BaseDirectory, new Dictionary<string, string>());

    /// <summary>Adds the variables that every start has.</summary>
    public ServiceLaunch Over(IReadOnlyDictionary<string, string> variables)
    {
        var all = new Dictionary<string, string>(variables);
        foreach (var (name, value) in Environment)
        {
            all[name] = value;
        }

        return this with { Environment = all };
    }
}
