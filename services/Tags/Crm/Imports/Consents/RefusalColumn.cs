using Crm.Common.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>A column that refuses messages for some of its values.</summary>
internal sealed class RefusalColumn(ImportColumn column, HeaderMeaning meaning)
{
    private const int MaxRemembered = 1_000;
    private static readonly Channel[] s_none = [];

    // States are few words, in all rows.
    private readonly Dictionary<string, Channel[]?> _states = new(StringComparer.Ordinal);

    /// <summary>The column.</summary>
    public ImportColumn Column => column;

    /// <summary>What its values say.</summary>
    public HeaderMeaning Meaning => meaning;

    /// <summary>Reads a value: the channels that it refuses, and when; null if it says nothing of a subscription.</summary>
    public (Channel[] Refused, DateTime? At)? Read(string text) => meaning.Part switch
    {
        SubscriptionPart.Reason => (OptOutText.IsNothing(text) ? s_none : meaning.Channels, null),
        SubscriptionPart.State => ReadState(text) is { } refused ? (refused, null) : null,
        _ when ChannelList.TryRead(text, out var listed) => (listed.Channels, null),
        SubscriptionPart.Channels => (s_none, null),
        _ => OptOutText.TryRead(text, column.Form, out var optsOut, out var at) ? (optsOut ? meaning.Channels : s_none, at) : null,
    };

    private Channel[]? ReadState(string text)
    {
        if (!_states.TryGetValue(text, out var refused))
        {
            refused = !ConsentWords.TryRead(text, !meaning.IsVague, out var state) ? null : state == State.Unsubscribed ? meaning.Channels : s_none;
            if (_states.Count < MaxRemembered)
            {
                _states.Add(text, refused);
            }
        }

        return refused;
    }
}
