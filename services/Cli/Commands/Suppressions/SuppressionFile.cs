using CsvHelper;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Suppressions;

/// <summary>One row of a file of addresses.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Address">The address or domain as it is written.</param>
/// <param name="Reason">The text of the column of reasons; empty without one.</param>
/// <param name="Time">The text of the column of times; empty without one.</param>
internal sealed record SuppressionRow(int Line, string Address, string Reason, string Time);

/// <summary>The names of the columns of a file of addresses; null for none, or for the one that looks like addresses.</summary>
internal sealed record SuppressionColumns(string? Address, string? Reason, string? Time)
{
    /// <summary>True if the file must have a header.</summary>
    public bool AreNamed => (Address ?? Reason ?? Time) is not null;
}

/// <summary>A file of addresses or domains: one per line, or CSV with a column of them.</summary>
internal static class SuppressionFile
{
    /// <summary>Reads the rows that are not empty, and the header of the column with the addresses; empty without a header.</summary>
    public static (List<SuppressionRow> Rows, string Header) Read(Stream file, SuppressionColumns columns, AddressLook look)
    {
        var rows = Rows(file);
        if (rows.Count == 0)
            return ([], "");

        var header = columns.AreNamed || !rows[0].Cells.Any(look.IsLikely) ? rows[0].Cells : [];
        var values = header.Length > 0 ? rows[1..] : rows;
        var (reason, time) = (Find(header, columns.Reason), Find(header, columns.Time));
        var address = Find(header, columns.Address) is >= 0 and var named ? named : Guess(values, look, except: [reason, time]);
        return ([.. values.Select(row => new SuppressionRow(row.Line, WrittenAddress.Of(row[address]), row[reason], row[time]))], header.ElementAtOrDefault(address) ?? "");
    }

    private static List<Row> Rows(Stream file)
    {
        var rows = new List<Row>();
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Throw,
        };
        try
        {
            using var reader = CsvReader.Create(file, options, leaveOpen: true);
            while (reader.Read())
            {
                var row = new Row((int)reader.LineNumber, [.. Enumerable.Range(0, reader.FieldCount).Select(i => CellText.Read(reader.GetString(i)))]);
                if (row.Cells.Any(cell => cell.Length > 0))
                    rows.Add(row);
            }
        }
        catch (CsvFormatException e)
        {
            throw new CliError($"The file cannot be read as CSV: {e.Message}", "Correct its quotes. Nothing has been changed.");
        }

        return rows;
    }

    private static int Find(string[] header, string? name) => name is null ? -1
        : Array.FindIndex(header, column => column.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? index
        : throw new CliError($"There is no column {name}.", $"The first row has {string.Join(", ", header)}.");

    // Addresses count before domains: a column of web sites stands beside that of addresses.
    private static int Guess(List<Row> rows, AddressLook look, int[] except)
    {
        var columns = Enumerable.Range(0, rows.Select(row => row.Cells.Length).DefaultIfEmpty(1).Max()).Except(except).ToList();
        if (columns is [var only])
            return only;

        List<int> addresses = [.. columns.Where(column => Mostly(rows, column, look.IsAddress))];
        var likely = addresses.Count > 0 ? addresses : [.. columns.Where(column => Mostly(rows, column, look.IsLikely))];
        return likely is [var guess]
            ? guess
            : throw new CliError($"{(likely.Count == 0 ? "No column looks" : "Several columns look")} like addresses.", "Name the column with --column.");
    }

    private static bool Mostly(List<Row> rows, int column, Func<string, bool> test)
    {
        string[] cells = [.. rows.Select(row => row[column]).Where(cell => cell.Length > 0)];
        return cells.Length > 0 && 2 * cells.Count(test) >= cells.Length;
    }

    private sealed record Row(int Line, string[] Cells)
    {
        public string this[int column] => column >= 0 && column < Cells.Length ? Cells[column] : "";
    }
}
