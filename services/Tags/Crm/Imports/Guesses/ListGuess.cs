using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Collects the items of lists with a separator that an option names. Sentences have a blank after it, and lists of numbers or addresses are no choices.
/// </summary>
internal sealed class ListGuess(TextForm form, string separator) : TypeGuess(Type.MultipleChoice)
{
    private const int MaxItems = 100;
    private readonly SortedSet<string> _items = new(StringComparer.Ordinal);
    private bool _isOther;
    private bool _hasLists;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Items => _items;

    /// <inheritdoc/>
    public override long Exceptions => _hasLists && !_isOther ? 0 : long.MaxValue;

    /// <inheritdoc/>
    public override bool IsOut(long mostExceptions) => false;

    /// <inheritdoc/>
    public override void Add(string text, long line)
    {
        if (_isOther)
        {
            return;
        }

        var items = text.Split(separator);
        _hasLists |= items.Length > 1;
        _isOther = Array.Exists(items[1..], item => item.StartsWith(' ')) || Array.Exists(items, item => item.Contains('@') || FieldChecklist.ChoiceProblem(item) is not null);
        _items.UnionWith(items);
        _isOther |= _items.Count > MaxItems;
    }

    /// <inheritdoc/>
    public override TypeFinding Conclude() => _items.Any(item => item.Any(character => !char.IsAsciiDigit(character)))
        ? new(form with { ListSeparators = [separator] }, $"separated by \"{separator}\"")
        : new(null);
}
