using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>Identifies one thing of a kind on the command line, and finds it.</summary>
/// <param name="argument">The argument's name in the help.</param>
/// <param name="description">The accepted values, for the help.</param>
/// <param name="find">Asks the service for it.</param>
internal sealed class Key<T>(string argument, string description, Func<Session, string, CancellationToken, Task<T>> find)
{
    /// <summary>Creates the argument of a command.</summary>
    public Argument<string> Argument() => new(argument) { Description = description };

    /// <summary>Gets the thing with this key; fails if there is none.</summary>
    public Task<T> GetAsync(Session session, string key, CancellationToken ct) => find(session, key, ct);

    /// <summary>Gets the numbers of several things, in the order of their keys.</summary>
    public async Task<List<int>> IdsAsync(Session session, IEnumerable<string>? keys, Func<T, int> id, CancellationToken ct)
    {
        var ids = new List<int>();
        foreach (var key in keys ?? [])
            ids.Add(id(await find(session, key, ct)));
        return ids;
    }
}
