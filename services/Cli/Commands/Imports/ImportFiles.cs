using System.IO.Compression;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>The files that the arguments of `import` name: files themselves, and what is in archives of ZIP and gzip.</summary>
/// <remarks>Archives are read while they are sent, so that a small one with a huge content ends at the limit of the service, and takes no room here.</remarks>
internal static class ImportFiles
{
    private const int MaxName = 200;

    // Archives have texts to read, too, so .txt is none of them.
    private static readonly string[] s_extensions = [".csv", ".tsv", ".json", ".jsonl", ".ndjson"];

    // Hidden files that systems put into archives, beside the ones whose names begin with a dot.
    private static readonly string[] s_ofSystems = ["Icon\r", "Thumbs.db", "desktop.ini"];

    // What the files of an audience begin with in an export of Mailchimp; the others there are about campaigns.
    private static readonly string[] s_audience = ["subscribed", "unsubscribed", "nonsubscribed", "cleaned"];

    /// <summary>Lists the files with what opens them; an archive's in the order of their names.</summary>
    public static IEnumerable<(string Name, Func<Stream> Open)> Of(IEnumerable<string> paths) => Of(paths, null);

    /// <summary>Lists the files of contacts, and says what else is in an archive.</summary>
    public static IEnumerable<(string Name, Func<Stream> Open)> OfContacts(IEnumerable<string> paths, Action<string> leftOut) => Of(paths, leftOut);

    /// <summary>Opens a file, or standard input for -; what is compressed with gzip is decompressed. Browsers may have done so, and left the name.</summary>
    public static Stream Open(string path) => path is "-" ? StreamStart.OfInput()
        : IsGzip(path) ? StreamStart.Decompressed(File.OpenRead(path))
        : File.OpenRead(path);

    /// <summary>Gives the name of a file as the service keeps it: its beginning, if it is long.</summary>
    public static string NameOf(string path) => Visible(Path.GetFileName(path)) is var name && name.Length > MaxName ? name[..MaxName] : name;

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string WithoutGzip(string path) => IsGzip(path) ? path[..^3] : path;

    private static IEnumerable<(string Name, Func<Stream> Open)> Of(IEnumerable<string> paths, Action<string>? leftOut)
    {
        foreach (var path in paths)
        {
            if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                yield return (WithoutGzip(path), () => Open(path));
            }
            else
            {
                foreach (var name in Names(path, leftOut))
                    yield return (Visible(WithoutGzip(name)), () => Extract(path, name));
            }
        }
    }

    private static List<string> Names(string path, Action<string>? leftOut)
    {
        var names = Entries(path);
        var tables = names.FindAll(name => s_extensions.Contains(Path.GetExtension(WithoutGzip(name)).ToLowerInvariant()));
        if (tables.Count == 0)
            throw new CliError($"{path} has no file that can be imported{(names.Count > 0 ? $", but {Shown(names)}" : "")}.", $"An archive needs files that end with {string.Join(", ", s_extensions)}");

        if (leftOut is null)
            return tables;

        var audience = tables.FindAll(IsAudience);
        var chosen = audience.Count > 0 ? audience : tables;
        if (tables.Except(chosen).ToList() is { Count: > 0 } others)
            leftOut($"{path}: left out {Shown(others)}, {(others.Count == 1 ? "which has" : "which have")} no members of an audience: see `tagsegments activities import`, or unpack and name {(others.Count == 1 ? "it" : "them")}.");
        if (names.Except(tables).ToList() is { Count: > 0 } texts)
            leftOut($"{path}: left out {Shown(texts)}, which {(texts.Count == 1 ? "is no table" : "are no tables")}.");
        return chosen;
    }

    private static List<string> Entries(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            return [.. archive.Entries
                .Where(entry => entry.Name.Length > 0 && !entry.Name.StartsWith('.') && !s_ofSystems.Contains(entry.Name) && !entry.FullName.StartsWith("__MACOSX", StringComparison.Ordinal))
                .Select(entry => entry.FullName)
                .Order(StringComparer.Ordinal)];
        }
        catch (InvalidDataException)
        {
            throw new CliError($"{path} is no ZIP archive, or damaged.", "Name the CSV files themselves.");
        }
    }

    private static bool IsAudience(string name) =>
        s_audience.Any(state => Path.GetFileName(name).StartsWith($"{state}_", StringComparison.OrdinalIgnoreCase));

    private static string Shown(List<string> names)
    {
        const int most = 10;
        return string.Join(", ", names.Take(most).Select(Visible)) + (names.Count > most ? $" and {names.Count - most} more" : "");
    }

    // A terminal obeys control characters, and nobody sees them.
    private static string Visible(string name) => string.Concat(name.Select(one => char.IsControl(one) ? '_' : one));

    private static ArchivedFile Extract(string path, string name)
    {
        var archive = ZipFile.OpenRead(path);
        try
        {
            var content = archive.GetEntry(name)!.Open();
            return new ArchivedFile(archive, IsGzip(name) ? StreamStart.Decompressed(content) : content);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }
}
