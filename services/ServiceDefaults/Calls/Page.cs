namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// A page of a list whose items can be large. It is full when it has as many items as were asked for, or is as long as clients read in one message;
/// one item fits always.
/// </summary>
/// <param name="size">How many items were asked for.</param>
/// <param name="lengthOf">The length of what is large in an item, in characters.</param>
/// <param name="maxLength">The length of a page; 1,300,000 characters have at most 4 MB as UTF-8.</param>
public sealed class Page<T>(int size, Func<T, int> lengthOf, int maxLength = 1_300_000)
{
    private readonly List<T> _items = [];
    private int _length;

    /// <summary>The items.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Whether the list goes on after the page.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Whether the page has as many items as were asked for.</summary>
    public bool HasAll => _items.Count == size;

    /// <summary>Adds an item, unless the page is full: then the list goes on with it.</summary>
    public bool TryAdd(T item)
    {
        var length = lengthOf(item);
        HasMore |= HasAll || (_items.Count > 0 && _length + (long)length > maxLength);
        if (!HasMore)
        {
            _items.Add(item);
            _length += length;
        }

        return !HasMore;
    }

    /// <summary>Adds the items that fit.</summary>
    public Page<T> With(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            if (!TryAdd(item))
            {
                break;
            }
        }

        return this;
    }
}
