using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Applies a service's numbered SQL files and <see cref="ICodeMigration"/>s in order, each in a transaction of its own, once.</summary>
public static partial class Migrator
{
    private const string Prefix = "Migrations/";

    // One lock for all services: they create roles and schemas in the same database.
    private const long LockKey = 0x7461677365676d; // "tagsegm"

    /// <summary>
    /// Applies the files embedded in <paramref name="assembly"/> that the database has not seen. Before that, creates the login roles that the
    /// files name where they are missing, and gives the service's own two roles their passwords where there are any. After that, raises the wall
    /// between accounts for every new table and view.
    /// </summary>
    public static Task MigrateAsync(
        string ownerConnectionString, Assembly assembly, string? rolePassword, string? workRolePassword, CancellationToken ct) =>
        MigrateAsync(ownerConnectionString, assembly, rolePassword, workRolePassword, last: null, ct);

    /// <summary>Migrates to an earlier version: up to the migration with the number <paramref name="last"/>, such as <c>0025</c>; null for all.</summary>
    internal static async Task MigrateAsync(
        string ownerConnectionString, Assembly assembly, string? rolePassword, string? workRolePassword, string? last, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(PostgresSettings.Read(ownerConnectionString).ConnectionString);
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition("SELECT pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken: ct));
        var (role, workRole) = OwnRoles(assembly);
        await EnsureRolesAsync(connection, [.. Roles(assembly), workRole, AccountWall.DefinerRole], ct);
        await SetPasswordAsync(connection, role, rolePassword, ct);
        await SetPasswordAsync(connection, workRole, workRolePassword, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            CREATE TABLE IF NOT EXISTS public.tagsegments_migration (
                service    text NOT NULL,
                name       text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (service, name)
            )
            """,
            cancellationToken: ct));
        var service = assembly.GetName().Name!;
        var applied = (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT name FROM public.tagsegments_migration WHERE service = @service", new { service }, cancellationToken: ct))).ToHashSet();
        bool IsAsked(string name) => !applied.Contains(name) && (last is null || string.CompareOrdinal(name[..last.Length], last) <= 0);
        foreach (var (name, apply) in Steps(assembly).Where(step => IsAsked(step.Name)))
        {
            await ApplyAsync(connection, service, name, apply, ct);
        }

        await AccountWall.RaiseAsync(connection, Schemas(assembly), workRole, ct);
    }

    /// <summary>Gets the names of all migrations of a service, in their order.</summary>
    internal static IEnumerable<string> AllNames(Assembly assembly) => Steps(assembly).Select(step => step.Name);

    private static IEnumerable<(string Name, Func<NpgsqlTransaction, CancellationToken, Task> Apply)> Steps(Assembly assembly)
    {
        var files = Names(assembly).Select(name => (name, new Func<NpgsqlTransaction, CancellationToken, Task>((tx, ct) =>
            tx.Connection!.ExecuteAsync(new CommandDefinition(Text(assembly, name), transaction: tx, cancellationToken: ct)))));
        var code = assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(ICodeMigration)) && type is { IsInterface: false })
            .Select(type => (ICodeMigration)Activator.CreateInstance(type)!)
            .Select(step => (step.Name, new Func<NpgsqlTransaction, CancellationToken, Task>(step.ApplyAsync)));
        return files.Concat(code).OrderBy(step => step.Item1, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(Assembly assembly) =>
        assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal);

    /// <summary>Gets the login roles that the files name: every service has one, and the files grant it what it may do.</summary>
    internal static IReadOnlyList<string> Roles(Assembly assembly) =>
        [.. Names(assembly).SelectMany(name => RolePattern().Matches(Text(assembly, name))).Select(match => match.Value).Distinct().Order()];

    private static string[] Schemas(Assembly assembly) =>
        [.. Names(assembly).SelectMany(name => SchemaPattern().Matches(Text(assembly, name))).Select(match => match.Groups["name"].Value)];

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(Prefix + name)!);
        return reader.ReadToEnd();
    }

    private static async Task ApplyAsync(
        NpgsqlConnection connection, string service, string name, Func<NpgsqlTransaction, CancellationToken, Task> apply, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        await apply(tx, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO public.tagsegments_migration (service, name) VALUES (@service, @name)",
            new { service, name },
            tx,
            cancellationToken: ct));
        await tx.CommitAsync(ct);
    }

    // Roles belong to the whole server. The migration of another database may have created them a moment ago, which is fine.
    private static async Task EnsureRolesAsync(NpgsqlConnection connection, IEnumerable<string> roles, CancellationToken ct)
    {
        foreach (var role in roles)
        {
            var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = @role)", new { role }, cancellationToken: ct));
            if (!exists)
            {
                await CreateRoleAsync(connection, role, ct);
            }
        }
    }

    // Each service's migration sets the password of its own role, so that each role can have another one.
    private static async Task SetPasswordAsync(NpgsqlConnection connection, string role, string? password, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(password))
        {
            return;
        }

        // ALTER ROLE takes no parameters; format() quotes the password as a literal.
        var alter = await connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "SELECT format('ALTER ROLE %I PASSWORD %L', @role, @password)", new { role, password }, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition(alter!, cancellationToken: ct));
    }

    private static async Task CreateRoleAsync(NpgsqlConnection connection, string role, CancellationToken ct)
    {
        try
        {
            // Nobody connects as the owner of views and functions.
            var login = role == AccountWall.DefinerRole ? "NOLOGIN" : "LOGIN";
            // Compiling a statement takes longer than most of ours take, and the server decides by estimates, which are wildest for a new account.
            await connection.ExecuteAsync(new CommandDefinition($"CREATE ROLE {role} {login}; ALTER ROLE {role} SET jit = off", cancellationToken: ct));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Another database of the same server has created it meanwhile.
        }
    }

    private static (string Account, string Work) OwnRoles(Assembly assembly)
    {
        var role = $"tagsegments_{assembly.GetName().Name!.Split('.')[^1].ToLowerInvariant()}";
        return (role, $"{role}_work");
    }

    [GeneratedRegex(@"\btagsegments_[a-z_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"^CREATE SCHEMA (?<name>[a-z]+);", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex SchemaPattern();
}
