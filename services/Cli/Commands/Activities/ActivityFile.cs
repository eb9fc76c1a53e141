using System.Text;
using TagSegments.Cli.Commands.Imports;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>A row of a file of activities.</summary>
/// <param name="Line">The line of the file on which it starts, from 1.</param>
/// <param name="Cells">The texts of the cells by the number of their column.</param>
/// <param name="Problem">Why it cannot be read; null if it can.</param>
internal sealed record ActivityRow(long Line, string[] Cells, string? Problem = null);

/// <summary>A file of activities: CSV with a header, or a JSON object in each line.</summary>
internal abstract class ActivityFile(string name) : IDisposable
{
    private const int Start = 64;

    /// <summary>The name of the file, in an archive with its folder.</summary>
    public string Name { get; } = name;

    /// <summary>The names of the columns.</summary>
    public abstract IReadOnlyList<string> Headers { get; }

    /// <summary>Opens a file in the form that it begins with. A delimiter that is not given is found, an encoding that is not given is UTF-8.</summary>
    public static ActivityFile Open(string name, Stream content, string? delimiter, string? encoding)
    {
        var (start, whole) = StreamStart.Of(content, Start);
        var read = EncodingOf(encoding);
        // The beginning may end within a letter.
        var lenient = (Encoding)read.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        return lenient.GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t') is ['{' or '[', ..]
            ? new JsonActivityFile(name, whole, read)
            : new CsvActivityFile(name, whole, delimiter, read);
    }

    /// <summary>Reads the rows. Lines without any value are no rows.</summary>
    public abstract IEnumerable<ActivityRow> Read();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Says that the file has bytes that are none of its encoding.</summary>
    protected CliError OtherEncoding() =>
        new($"{Name} is not in the encoding.", "Name its encoding, for example --encoding windows-1252. What was recorded is not recorded again.");

    private static Encoding EncodingOf(string? name)
    {
        if (name is null)
            return new UTF8Encoding(false, throwOnInvalidBytes: true);

        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            throw new CliError($"--encoding {name}: there is no such encoding.", "Write a name such as windows-1252 or iso-8859-2.");
        }
    }
}
