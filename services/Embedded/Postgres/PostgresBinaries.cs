using System.Globalization;
using System.Text.RegularExpressions;
using MysticMind.PostgresEmbed;

namespace TagSegments.Embedded.Postgres;

/// <summary>Finds the folder with PostgreSQL's programs, or downloads them.</summary>
internal static partial class PostgresBinaries
{
    /// <summary>The oldest major version that the migrations run on.</summary>
    private const int OldestMajor = 15;

    /// <summary>Finds the programs of version <paramref name="major"/>, or the first that are new enough if it is null.</summary>
    public static async Task<string> FindAsync(EmbeddedPostgresOptions options, int? major, CancellationToken ct)
    {
        if (options.BinDirectory is { } configured)
            return await FitsAsync(configured, major, ct) ? configured : throw NotFitting(configured, major);
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } fromEnvironment)
            return await FitsAsync(fromEnvironment, major, ct) ? fromEnvironment : throw NotFitting($"PG_BIN={fromEnvironment}", major);

        foreach (var folder in InstalledFolders())
        {
            if (await FitsAsync(folder, major, ct))
                return folder;
        }

        return await DownloadAsync(options, major, ct);
    }

    public static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static IEnumerable<string> InstalledFolders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(Versions("/usr/lib/postgresql"))
            .Concat(Versions("/opt/homebrew/opt"))
            .Concat(Versions("/usr/local/opt"))
            .Concat(Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")));
    }

    // .../15/bin, .../postgresql@17/bin: newest first.
    private static IEnumerable<string> Versions(string parent) =>
        Directory.Exists(parent)
            ? Directory.GetDirectories(parent)
                .Select(folder => (Bin: Path.Combine(folder, "bin"), Match: VersionAtEnd().Match(folder)))
                .Where(candidate => candidate.Match.Success)
                .OrderByDescending(candidate => int.Parse(candidate.Match.ValueSpan, CultureInfo.InvariantCulture))
                .Select(candidate => candidate.Bin)
            : [];

    private static async Task<bool> FitsAsync(string folder, int? major, CancellationToken ct)
    {
        if (!File.Exists(Program(folder, "initdb")) || !File.Exists(Program(folder, "postgres")))
            return false;

        var version = await ChildProcess.RunAsync(Program(folder, "postgres"), ["--version"], folder, ct);
        var match = MajorVersion().Match(version.RecentOutput);
        if (!match.Success)
            return false;

        var found = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return major is null ? found >= OldestMajor : found == major;
    }

    private static async Task<string> DownloadAsync(EmbeddedPostgresOptions options, int? major, CancellationToken ct)
    {
        if (major is { } wanted && !options.DownloadVersion.StartsWith($"{wanted}.", StringComparison.Ordinal))
            throw NotFitting("this machine", major);

        var server = new PgServer(new PgServerOptions { PgVersion = options.DownloadVersion, DbDir = CacheFolder() });
        try
        {
            await server.InstallAsync(ct);
            return server.PgBinDir;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new EmbeddedServerException(
                $"No PostgreSQL {OldestMajor} or newer was found on this machine, and downloading {options.DownloadVersion} failed ({e.Message}). " +
                "Install PostgreSQL (Debian: apt-get install postgresql), set PG_BIN to the folder of its programs, or configure a connection string.",
                e);
        }
    }

    private static string CacheFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), "tagsegments");
    }

    private static EmbeddedServerException NotFitting(string where, int? major) =>
        new(major is null
            ? $"{where} has no initdb and postgres of version {OldestMajor} or newer."
            : $"{where} has no PostgreSQL {major}, but the data folder was made by that version. Install it, or name another data folder.");

    [GeneratedRegex(@"\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex VersionAtEnd();

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex MajorVersion();
}
