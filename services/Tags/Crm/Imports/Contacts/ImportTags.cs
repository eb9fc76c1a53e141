using Crm.Contacts.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The tags that a file names: read from cells, created with the first rows that have them, remembered with their numbers.</summary>
internal sealed class ImportTags(TagStore store, ImportSettings settings, NewNames names)
{
    private const int MaxTagsOfRow = 1_000;
    private const int MaxTagsOfFile = 50_000;
    private const int MaxCreatedNamed = 10_000;
    private readonly ImportColumn[] _columns = [.. settings.Columns.Where(column => column.Tags is not null)];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    // Names by how they are written: a file has few of them many times.
    private readonly Dictionary<string, string> _good = new(StringComparer.Ordinal);
    private string[] _missing = [];
    private int _first;
    private Dictionary<string, int> _created = [];

    /// <summary>Reads the tags of a row and reports the names that are wrong.</summary>
    public string[] Read(CsvRow row, RowReport report)
    {
        var read = new List<string>();
        foreach (var column in _columns)
        {
            string[] texts = column.Read(row) is { } cell ? [.. column.Tags!.Read(cell)] : [];
            if (read.Count + texts.Length > MaxTagsOfRow)
            {
                report.Refuse(column.Header, $"makes more than {MaxTagsOfRow} tags of one row");
                break;
            }

            foreach (var text in texts)
            {
                if (_good.TryGetValue(text, out var known))
                {
                    read.Add(known);
                }
                else if ((TagNames.Read(text, out var name) ?? names.Problem(name) ?? RoomProblem(name)) is { } problem)
                {
                    report.BadValue(column.Header, $"the tag name {problem}", text);
                }
                else
                {
                    read.Add(name);
                    Remember(text, name);
                }
            }
        }

        return [.. read];
    }

    /// <summary>Finds the tags of rows and takes numbers for missing ones; before the transaction that writes the rows.</summary>
    public async Task PlanAsync(IReadOnlyList<PlannedContact> rows, CancellationToken ct)
    {
        string[] names = [.. rows.SelectMany(row => row.Tags).Distinct().Where(name => !_numbers.ContainsKey(name))];
        foreach (var (name, number) in await store.FindIdsAsync(settings.Account.Id, names, ct))
        {
            _numbers[name] = number;
        }

        _missing = [.. names.Where(name => !_numbers.ContainsKey(name))];
        _first = _missing.Length == 0 || settings.DryRun ? -_numbers.Count - _missing.Length
            : await store.TakeNumbersAsync(settings.Account.Id, _missing.Length, ct);
    }

    /// <summary>Returns, by tag number, the contacts that get the tag; creates missing tags.</summary>
    public async Task<SortedDictionary<int, List<int>>> HoldersAsync(
        AccountTransaction transaction, IReadOnlyList<PlannedContact> rows, CancellationToken ct)
    {
        var numbers = _missing.Length == 0 ? [] : await store.EnsureAsync(transaction, settings.Account, _first, _missing, ct);
        _created = _missing.Zip(numbers).ToDictionary(StringComparer.Ordinal);
        var holders = new SortedDictionary<int, List<int>>();
        foreach (var row in rows)
        {
            foreach (var name in row.Tags)
            {
                var number = _numbers.TryGetValue(name, out var known) ? known : _created[name];
                if (!holders.TryGetValue(number, out var contactIds))
                {
                    holders.Add(number, contactIds = []);
                }

                contactIds.Add(row.Target.ContactId);
            }
        }

        return holders;
    }

    /// <summary>Takes note that the transaction has been committed, and reports what was created.</summary>
    public void Keep(ImportSummary summary)
    {
        foreach (var (name, number) in _created)
        {
            _numbers[name] = number;
        }

        summary.TagsCreated.AddRange(_created.Keys.Take(MaxCreatedNamed - summary.TagsCreated.Count));
        _created = [];
    }

    /// <summary>Takes note that the missing tags would have been created now.</summary>
    public void Pretend(ImportSummary summary)
    {
        _created = _missing.Select((name, index) => (name, _first + index)).ToDictionary(StringComparer.Ordinal);
        Keep(summary);
    }

    /// <summary>The number of a tag; of one that a dry run would have created, a negative one.</summary>
    public int NumberOf(string name) => _numbers[name];

    /// <summary>Forgets the numbers: a tag may have been deleted since they were read.</summary>
    public void Forget() => _numbers.Clear();

    private void Remember(string text, string name)
    {
        if (_good.Count < MaxTagsOfFile)
        {
            _good.Add(text, name);
        }
    }

    private string? RoomProblem(string name)
    {
        if (_seen.Count < MaxTagsOfFile)
        {
            _seen.Add(name);
        }

        return _seen.Contains(name) ? null : $"is one more than the {MaxTagsOfFile} different ones that a file may have";
    }
}
