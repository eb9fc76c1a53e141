using System.Globalization;
using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Timeline;

/// <summary>One of the lists that a timeline is made of: read page by page, newest first, from where the page before ended.</summary>
internal sealed class TimelineSource(Func<string, Task<(List<TimelineEntry> Entries, string Next)>> read)
{
    private const string End = "end";
    private List<TimelineEntry>? _page;
    private string _token = "";
    private string _next = "";
    private int _used;

    /// <summary>The position in the source: the page and the number of entries used.</summary>
    public string Position => (_page is null || _used < _page.Count || _next.Length == 0)
        ? _page is not null && _used >= _page.Count ? End : string.Create(CultureInfo.InvariantCulture, $"{_used}:{_token}")
        : $"0:{_next}";

    /// <summary>Goes to a position.</summary>
    public void GoTo(string position)
    {
        if (position == End)
        {
            _page = [];
            return;
        }

        var colon = position.IndexOf(':', StringComparison.Ordinal);
        _used = int.Parse(position.AsSpan(0, colon), CultureInfo.InvariantCulture);
        _token = position[(colon + 1)..];
    }

    /// <summary>The next entry; null at the end.</summary>
    public async Task<TimelineEntry?> PeekAsync()
    {
        if (_page is null)
        {
            (_page, _next) = await read(_token);
        }

        while (_used >= _page.Count && _next.Length > 0)
        {
            (_token, _used) = (_next, 0);
            (_page, _next) = await read(_token);
        }

        return _used < _page.Count ? _page[_used] : null;
    }

    /// <summary>Uses the next entry.</summary>
    public void Take() => _used++;
}
