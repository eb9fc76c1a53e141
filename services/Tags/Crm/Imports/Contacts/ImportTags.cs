using Crm.Contacts.V1;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The tags that a file names: read from cells, created where they are missing, remembered with their numbers.</summary>
internal sealed class ImportTags(AccountDatabase database, TagStore store, ImportSettings settings, NewNames names)
{
    private const int MaxTagsOfRow = 1_000;
    private const int MaxTagsOfFile = 50_000;
    private const int MaxCreatedNamed = 10_000;
    private readonly ImportColumn[] _columns = [.. settings.Columns.Where(column => column.Tags is not null)];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

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
                var problem = TagNames.Read(text, out var name) ?? names.Problem(name) ?? RoomProblem(name);
                if (problem is null)
                {
                    read.Add(name);
                }
                else
                {
                    report.BadValue(column.Header, $"the tag name {problem}", text);
                }
            }
        }

        return [.. read];
    }

    /// <summary>Returns, by tag number, the indexes in <paramref name="drafts"/> of the rows with the tag; creates missing tags.</summary>
    public async Task<SortedDictionary<int, List<int>>> HoldersAsync(
        IReadOnlyList<ContactDraft> drafts, ImportSummary summary, CancellationToken ct)
    {
        await EnsureAsync([.. drafts.SelectMany(draft => draft.Tags).Distinct().Where(name => !_numbers.ContainsKey(name))], summary, ct);
        var holders = new SortedDictionary<int, List<int>>();
        for (var i = 0; i < drafts.Count; i++)
        {
            foreach (var name in drafts[i].Tags)
            {
                var number = _numbers[name];
                if (!holders.TryGetValue(number, out var places))
                {
                    holders.Add(number, places = []);
                }

                places.Add(i);
            }
        }

        return holders;
    }

    /// <summary>Forgets the numbers: a tag may have been deleted since they were read.</summary>
    public void Forget() => _numbers.Clear();

    private string? RoomProblem(string name)
    {
        if (_seen.Count < MaxTagsOfFile)
        {
            _seen.Add(name);
        }

        return _seen.Contains(name) ? null : $"is one more than the {MaxTagsOfFile} different ones that a file may have";
    }

    private async Task EnsureAsync(string[] names, ImportSummary summary, CancellationToken ct)
    {
        if (names.Length == 0)
        {
            return;
        }

        var known = await store.FindIdsAsync(settings.Account.Id, names, ct);
        string[] missing = [.. names.Where(name => !known.ContainsKey(name))];
        foreach (var (name, number) in known)
        {
            _numbers[name] = number;
        }

        if (missing.Length > 0)
        {
            var first = await store.TakeNumbersAsync(settings.Account.Id, missing.Length, ct);
            var numbers = await AccountTransaction.RunAsync(
                database, settings.Account.Id, transaction => store.EnsureAsync(transaction, first, missing, ct), ct);
            for (var i = 0; i < missing.Length; i++)
            {
                _numbers[missing[i]] = numbers[i];
            }

            summary.TagsCreated.AddRange(missing.Take(MaxCreatedNamed - summary.TagsCreated.Count));
        }
    }
}
