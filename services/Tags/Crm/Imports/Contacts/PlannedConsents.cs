using Crm.Common.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Consents;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The consents of a contact while rows are applied to it. A refusal stays unless the import may take it back.</summary>
internal sealed class PlannedConsents(ContactRow? existing)
{
    private static readonly ConsentValue[] s_none = Read(null);
    private readonly ConsentValue[] _before = existing is null ? s_none : Read(existing);
    private readonly ConsentValue[] _after = existing is null ? [.. s_none] : Read(existing);

    /// <summary>The consent before the import.</summary>
    public ConsentValue Before(Channel channel) => _before[Index(channel)];

    /// <summary>The consent after the rows so far.</summary>
    public ConsentValue After(Channel channel) => _after[Index(channel)];

    /// <summary>True if the rows change the state on a channel.</summary>
    public bool IsChanged(Channel channel) => Before(channel).State != After(channel).State;

    /// <summary>Applies what a row says. Returns whether anything changed, and whether a refusal was kept against it.</summary>
    public (bool Changed, bool Kept) Apply(IEnumerable<StatedConsent> stated, bool loosens)
    {
        var (changed, kept) = (false, false);
        foreach (var consent in stated)
        {
            var present = After(consent.Channel);
            if (present.State == consent.State || present.At > consent.At)
            {
                // Said already, or by the contact at a later time.
                continue;
            }

            if (present.State == State.Unsubscribed && !loosens)
            {
                kept = true;
                continue;
            }

            _after[Index(consent.Channel)] = new(consent.State, consent.Source, consent.At);
            changed = true;
        }

        return (changed, kept);
    }

    /// <summary>Notes in a dry run that the address was refused before: the contact would be unsubscribed.</summary>
    public void Refuse(Channel channel) => _after[Index(channel)] = new(State.Unsubscribed, null, null);

    private static ConsentValue[] Read(ContactRow? row) =>
        [.. ConsentValue.Channels.Select(channel => row?.ConsentOn(channel) ?? ConsentValue.None)];

    private static int Index(Channel channel) => Array.IndexOf(ConsentValue.Channels, channel);
}
