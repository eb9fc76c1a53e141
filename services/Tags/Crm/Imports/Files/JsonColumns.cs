using System.Text;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// A file of which some columns hold JSON objects, each of whose values is a column of its own. A cell that is no object stays where it is.
/// </summary>
internal sealed class JsonColumns : RowTable
{
    private readonly RowTable _inner;
    private readonly HashSet<int> _objects;
    private readonly Dictionary<(int Column, string Name), int> _places;
    private readonly int[] _kept;

    private JsonColumns(RowTable inner, HashSet<int> objects, Dictionary<(int Column, string Name), int> places, int[] kept)
        : base(inner.Encoding) => (_inner, _objects, _places, _kept) = (inner, objects, places, kept);

    /// <summary>Reads the names of the values from all rows. Throws INVALID_ARGUMENT if the file does not have the columns, or there are too many values.</summary>
    public static RowTable Open(RowTable inner, IReadOnlyCollection<string> columns)
    {
        if (columns.Count == 0)
        {
            return inner;
        }

        var (names, others) = (new List<(int Column, string Name)>(), new HashSet<int>());
        var objects = columns.Select(header => Array.IndexOf(inner.Headers, header) is >= 0 and var index ? index : throw Missing(header)).ToHashSet();
        var known = new HashSet<(int Column, string Name)>();
        foreach (var row in inner.Read().Where(row => row.Problem is null))
        {
            foreach (var column in objects.Where(column => row.Cells[column].Length > 0))
            {
                if (Parse(row.Cells[column]) is not { } values)
                {
                    others.Add(column);
                    continue;
                }

                names.AddRange(values.Keys.Select(name => (column, name)).Where(known.Add));
            }

            if (inner.Headers.Length + names.Count > MaxColumns)
            {
                throw LineError(row.Line, $"The objects have more than {MaxColumns} names.");
            }
        }

        int[] kept = [.. Enumerable.Range(0, inner.Headers.Length).Where(index => !objects.Contains(index) || others.Contains(index))];
        var headers = kept.Select(index => inner.Headers[index]).ToList();
        var places = new Dictionary<(int Column, string Name), int>();
        foreach (var (column, name) in names)
        {
            places[(column, name)] = headers.Count;
            headers.Add(headers.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{inner.Headers[column]}.{name}" : name);
        }

        return new JsonColumns(inner, objects, places, kept) { Headers = [.. headers], Unnamed = inner.Unnamed, Delimiter = inner.Delimiter };
    }

    /// <inheritdoc/>
    public override IEnumerable<CsvRow> Read() => _inner.Read().Select(row => row.Problem is null ? row with { Cells = Spread(row.Cells) } : row);

    private string[] Spread(string[] cells)
    {
        var spread = new string[Headers.Length];
        Array.Fill(spread, "");
        for (var i = 0; i < _kept.Length; i++)
        {
            spread[i] = cells[_kept[i]];
        }

        foreach (var column in _objects)
        {
            if (Parse(cells[column]) is not { } values)
            {
                continue;
            }

            if (Array.IndexOf(_kept, column) is >= 0 and var place)
            {
                spread[place] = "";
            }

            foreach (var (name, value) in values)
            {
                spread[_places[(column, name)]] = value;
            }
        }

        return spread;
    }

    private static Dictionary<string, string>? Parse(string cell) => JsonObjectText.Parse(Encoding.UTF8.GetBytes(cell), out _);

    private static Exception Missing(string header) => RpcErrors.InvalidField("options.json_columns", $"the file has no column \"{header}\"");
}
