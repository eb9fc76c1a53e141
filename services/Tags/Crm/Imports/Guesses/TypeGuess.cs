using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>How well the values of a column fit one type.</summary>
internal abstract class TypeGuess(Type type)
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>The number of values that do not fit; values that look like codes count more.</summary>
    public abstract long Exceptions { get; }

    /// <summary>The number of values that do not fit.</summary>
    public virtual long Misses => Exceptions;

    /// <summary>The items of all values, if the type is a list.</summary>
    public virtual IReadOnlyCollection<string> Items => [];

    /// <summary>True if the type has more exceptions than any column may have, however many values follow.</summary>
    public virtual bool IsOut(long mostExceptions) => Exceptions > mostExceptions;

    /// <summary>Takes the next value into account, which is in this line.</summary>
    public abstract void Add(string text, long line);

    /// <summary>Concludes from all values how they are written.</summary>
    public abstract TypeFinding Conclude();

    // Two forms can be told apart if hardly any value speaks for the second one.
    private protected static bool IsClear(long first, long second) => Math.Max(first, second) > 0 && Math.Min(first, second) * 20 <= first + second;
}
