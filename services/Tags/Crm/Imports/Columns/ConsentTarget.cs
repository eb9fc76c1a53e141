using System.Collections.Frozen;
using Crm.Common.V1;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>What a column of consent holds.</summary>
internal enum ConsentPart
{
    /// <summary>The state: subscribed, unsubscribed and other words for them, or yes and no.</summary>
    State,

    /// <summary>Whether or when the contact opted out.</summary>
    OptOut,

    /// <summary>When the contact gave or withdrew consent.</summary>
    Time,

    /// <summary>The source of the consent.</summary>
    Source,
}

/// <summary>A target of columns: <c>consent.email</c>, <c>consent.email.time</c>, <c>consent.email.source</c>, <c>opt_out.email</c>; the same for SMS.</summary>
internal readonly record struct ConsentTarget(Channel Channel, ConsentPart Part)
{
    private static readonly FrozenDictionary<string, ConsentTarget> s_targets = ConsentValue.Channels
        .SelectMany(channel => Enum.GetValues<ConsentPart>().Select(part => new ConsentTarget(channel, part)))
        .ToFrozenDictionary(target => target.Name);

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => s_targets.Keys;

    /// <summary>The name in the options of an import.</summary>
    public string Name => Part switch
    {
        ConsentPart.State => $"consent.{ConsentValue.NameOf(Channel)}",
        ConsentPart.OptOut => $"opt_out.{ConsentValue.NameOf(Channel)}",
        ConsentPart.Time => $"consent.{ConsentValue.NameOf(Channel)}.time",
        ConsentPart.Source => $"consent.{ConsentValue.NameOf(Channel)}.source",
        _ => throw new InvalidOperationException($"{Part} has no name."),
    };

    /// <summary>Finds a target by its name; null for any other.</summary>
    public static ConsentTarget? Find(string name) => s_targets.TryGetValue(name, out var target) ? target : null;
}
