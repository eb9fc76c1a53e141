using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>A migration for which SQL does not suffice. It takes its turn among the numbered files, by its name.</summary>
public interface ICodeMigration
{
    /// <summary>The number and name, as of a file: <c>0026_key_addresses</c>. It never changes.</summary>
    string Name { get; }

    /// <summary>Changes the database as its owner, in one transaction with the note that it was applied.</summary>
    Task ApplyAsync(NpgsqlTransaction transaction, CancellationToken ct);
}
