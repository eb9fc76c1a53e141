using Dapper;
using Npgsql;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Wrong variants of a service by name, made by triggers of the database: the database forgets what the variant would forget. The scenario must
/// find each of them; one that it misses shows a gap in the scenario.
/// </summary>
internal sealed class MutantSet(IReadOnlyDictionary<string, string> statements)
{
    /// <summary>The names of all.</summary>
    public IReadOnlyCollection<string> Names => [.. statements.Keys];

    /// <summary>The statements that make a mutant.</summary>
    public string this[string name] => statements[name];

    /// <summary>Makes a mutant; none for null. Throws <see cref="FormatException"/> for an unknown name.</summary>
    public async Task MakeAsync(string connectionString, string? name)
    {
        if (name is null)
        {
            return;
        }

        var sql = statements.TryGetValue(name, out var found)
            ? found
            : throw new FormatException($"There is no mutant {name}; there are {string.Join(", ", statements.Keys)}, and all.");
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }
}
