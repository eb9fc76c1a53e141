using System.Text;
using Crm.Errors.V1;
using Grpc.Core;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>A file as rows with the lines at which they start.</summary>
internal abstract class RowTable(Encoding encoding)
{
    /// <summary>The most columns of a file.</summary>
    public const int MaxColumns = 2_000;

    /// <summary>The longest name of a column.</summary>
    public const int MaxHeaderLength = 500;

    private protected const int MaxRowBytes = 4 * 1024 * 1024;

    /// <summary>The names of the columns, without white space around them, each once.</summary>
    public required string[] Headers { get; init; }

    /// <summary>The names that stand for columns without a header.</summary>
    public IReadOnlySet<string> Unnamed { get; init; } = new HashSet<string>();

    /// <summary>The separator of the values; none in JSON lines.</summary>
    public char Delimiter { get; init; }

    /// <summary>The encoding of the file.</summary>
    public Encoding Encoding { get; } = encoding;

    /// <summary>Reads the rows. Lines without any value are no rows; a row that cannot be read comes with its problem and without values.</summary>
    public abstract IEnumerable<CsvRow> Read();

    /// <summary>Returns true if nothing in how the values of a column are written excludes a type, once all rows have been read.</summary>
    public virtual bool CanBe(int column, Type type) => type is not Type.MultipleChoice;

    /// <summary>Makes the error of a line.</summary>
    internal static RpcException LineError(long line, string message) => RpcErrors.Create(
        StatusCode.InvalidArgument, ErrorReason.ImportLine, message, ("line", line.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
