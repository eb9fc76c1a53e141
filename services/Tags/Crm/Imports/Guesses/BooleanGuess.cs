using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>Counts the words true and false; others, such as yes and 1, mean other things, too.</summary>
internal sealed class BooleanGuess(TextForm form) : TypeGuess(Type.Boolean)
{
    private long _misses;

    /// <inheritdoc/>
    public override long Exceptions => _misses;

    /// <inheritdoc/>
    public override void Add(string text, long line) => _misses += bool.TryParse(text, out _) ? 0 : 1;

    /// <inheritdoc/>
    public override TypeFinding Conclude() => new(form);
}
