using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// The answer of PostgreSQL to a leaf, and the contacts that it is known for: contacts, or a value of each, which is a time or a number. Unknown ones are asked for only
/// if they matter for the filter at hand.
/// </summary>
/// <param name="Contacts">The known contacts that match; for a leaf without values.</param>
/// <param name="Values">The known values of contacts; for a leaf with values.</param>
/// <param name="IsWhole">Whether the answer is known for everyone but some, rather than for no contact but some.</param>
/// <param name="But">The exceptions.</param>
/// <param name="At">The clocks at which it was true.</param>
internal sealed record KeptAnswer(Bitmap Contacts, OrderedColumn Values, bool IsWhole, Bitmap But, AnswerClocks At)
{
    /// <summary>The answer that is known for no contact.</summary>
    public static KeptAnswer Nothing(AnswerClocks at) => new(Bitmap.Empty, OrderedColumn.Empty, IsWhole: false, Bitmap.Empty, at);

    /// <summary>Whether it is known of everyone.</summary>
    public bool IsKnown => IsWhole && But.Count == 0;

    /// <summary>The bytes that it takes in memory, roughly.</summary>
    public long Bytes => Contacts.Bytes + Values.Bytes + But.Bytes;

    /// <summary>Whether it is known of a contact.</summary>
    public bool Knows(int contactId) => But.Contains(contactId) != IsWhole;

    /// <summary>Makes an answer that is the same but unknown for some contacts, as of other clocks.</summary>
    public KeptAnswer Forget(IReadOnlyCollection<int> contactIds, AnswerClocks at)
    {
        if (contactIds.Count == 0)
        {
            return this with { At = at };
        }

        var but = new BitmapEditor(But);
        foreach (var contactId in contactIds)
        {
            (IsWhole ? (Action<int>)but.Add : but.Remove)(contactId);
        }

        return this with { But = but.ToBitmap(), At = at };
    }
}
