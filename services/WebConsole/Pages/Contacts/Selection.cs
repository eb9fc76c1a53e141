using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.WebConsole.Parts;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>
/// The chosen contacts of a table: some by number, or all that match the filter except some. "All" stays a filter up to the service, so it never
/// becomes "all of the page" or "all of the account".
/// </summary>
public sealed class Selection
{
    private const string All = "all";

    private readonly HashSet<int> _numbers = [];

    /// <summary>Whether all that match are chosen, except the numbers.</summary>
    public bool IsAll { get; private set; }

    /// <summary>The contacts by number: the chosen ones, or the exceptions from all.</summary>
    public IReadOnlyCollection<int> Numbers => _numbers;

    /// <summary>Returns whether a contact is chosen.</summary>
    public bool Has(int contact) => _numbers.Contains(contact) != IsAll;

    /// <summary>Counts the chosen contacts among all that match.</summary>
    public int Count(int matching) => IsAll ? Math.Max(0, matching - _numbers.Count) : _numbers.Count;

    /// <summary>Chooses a contact, or not any more.</summary>
    public void Toggle(int contact)
    {
        if (!_numbers.Remove(contact))
            _numbers.Add(contact);
    }

    /// <summary>Chooses all that match, or none.</summary>
    public void Set(bool all)
    {
        _numbers.Clear();
        IsAll = all;
    }

    /// <summary>Writes it for an address: <c>all</c>, <c>all-3.17</c> without two of them, or <c>3.17</c>; null for none.</summary>
    public string? Write() => IsAll ? string.Join('-', new[] { All, PageAddress.Write(_numbers.Order()) }.OfType<string>()) : PageAddress.Write(_numbers.Order());

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public void Read(string? text)
    {
        Set(text?.StartsWith(All, StringComparison.Ordinal) ?? false);
        _numbers.UnionWith(PageAddress.ReadNumbers(IsAll ? text![All.Length..].TrimStart('-') : text));
    }

    /// <summary>Gets the chosen contacts for a call: numbers, or the filter and the exceptions from it.</summary>
    public BulkContacts Contacts(Filter filter) => IsAll
        ? new() { Matching = new() { Filter = filter }, ExcludeContactIds = { _numbers.Order() } }
        : new() { Ids = new() { ContactIds = { _numbers.Order() } } };
}
