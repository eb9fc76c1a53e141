using System.IO.Compression;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>The files that the arguments of `import` name: files themselves, and what is in ZIP archives.</summary>
internal static class ImportFiles
{
    // Archives have texts to read, too, so .txt is none of them.
    private static readonly string[] s_extensions = [".csv", ".tsv", ".json", ".jsonl"];

    /// <summary>Lists the files with what opens them; an archive's in the order of their names.</summary>
    public static IEnumerable<(string Name, Func<Stream> Open)> Of(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                yield return (path, path is "-" ? Console.OpenStandardInput : () => File.OpenRead(path));
                continue;
            }

            var names = Names(path);
            if (names.Count == 0)
                throw new CliError($"{path} has no file that can be imported.", $"An archive needs files that end with {string.Join(", ", s_extensions)}");
            foreach (var name in names)
                yield return (name, () => Extract(path, name));
        }
    }

    private static List<string> Names(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            // Some tools put hidden files of the system into archives.
            return [.. archive.Entries
                .Where(entry => s_extensions.Contains(Path.GetExtension(entry.Name).ToLowerInvariant()) && !entry.Name.StartsWith('.') && !entry.FullName.StartsWith("__MACOSX", StringComparison.Ordinal))
                .Select(entry => entry.FullName)
                .Order(StringComparer.Ordinal)];
        }
        catch (InvalidDataException)
        {
            throw new CliError($"{path} is no ZIP archive.", "Name the CSV files themselves.");
        }
    }

    // To a file that nobody else sees and that goes with its handle: a stream of an archive ends with the archive.
    private static FileStream Extract(string path, string name)
    {
        var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        using var archive = ZipFile.OpenRead(path);
        using var content = archive.GetEntry(name)!.Open();
        content.CopyTo(file);
        file.Position = 0;
        return file;
    }
}
