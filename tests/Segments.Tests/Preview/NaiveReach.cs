using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Preview;

/// <summary>Ways to get the reach of a segment wrong.</summary>
public enum ReachMutant
{
    /// <summary>Every rule is right.</summary>
    None,

    /// <summary>Two contacts with one address get two messages.</summary>
    DuplicatesCount,

    /// <summary>An unsubscribe counts for the contact alone, not for its address.</summary>
    TwinsMayBeReached,

    /// <summary>Only contacts of the segment itself can decline for an address.</summary>
    OnlyMembersDecline,

    /// <summary>Suppressed addresses are written to.</summary>
    SuppressedCount,

    /// <summary>Contacts that were never asked are left out.</summary>
    NeverAskedIsOut,

    /// <summary>Do-not-disturb is not looked at.</summary>
    DisturbsEveryone,

    /// <summary>Any text is an address.</summary>
    AnythingIsAnAddress,
}

/// <summary>Takes the contacts one after another, by number, as the rules say.</summary>
internal static class NaiveReach
{
    public static ChannelReach Count(
        Channel channel,
        List<WorldContact> members,
        IReadOnlyList<WorldContact> account,
        (string? Text, bool Valid, string Key)[] addresses,
        IReadOnlySet<(int Channel, string Address)> suppressed,
        ReachMutant mutant)
    {
        var reach = new ChannelReach { Channel = channel };
        var all = Outcomes(subscribedOnly: false);
        reach.Reachable = all.Count(outcome => outcome == "");
        reach.ReachableSubscribed = Outcomes(subscribedOnly: true).Count(outcome => outcome == "");
        reach.NoAddress = all.Count(outcome => outcome == "no address");
        reach.Unsubscribed = all.Count(outcome => outcome == "unsubscribed");
        reach.DoNotDisturb = all.Count(outcome => outcome == "do not disturb");
        reach.InvalidAddress = all.Count(outcome => outcome == "invalid");
        reach.AddressOptedOut = all.Count(outcome => outcome == "opted out");
        reach.DuplicateAddress = all.Count(outcome => outcome == "duplicate");
        reach.Suppressed = all.Count(outcome => outcome == "suppressed");
        return reach;

        List<string> Outcomes(bool subscribedOnly)
        {
            var taken = new HashSet<string>();
            return [.. members.OrderBy(contact => contact.Id).Select(contact => Outcome(contact, subscribedOnly, taken))];
        }

        string Outcome(WorldContact contact, bool subscribedOnly, HashSet<string> taken)
        {
            var (text, valid, key) = AddressOf(contact);
            return string.IsNullOrWhiteSpace(text) ? "no address"
                : Consent(contact) == 3 ? "unsubscribed"
                : (subscribedOnly || mutant == ReachMutant.NeverAskedIsOut) && Consent(contact) != 2 ? "not subscribed"
                : contact.DoNotDisturb && mutant != ReachMutant.DisturbsEveryone ? "do not disturb"
                : !valid && mutant != ReachMutant.AnythingIsAnAddress ? "invalid"
                : (mutant == ReachMutant.OnlyMembersDecline ? members : account).Any(twin => HasOptedOut(twin, key)) && mutant != ReachMutant.TwinsMayBeReached ? "opted out"
                : !taken.Add(key) && mutant != ReachMutant.DuplicatesCount ? "duplicate"
                : suppressed.Contains(((int)channel, key)) && mutant != ReachMutant.SuppressedCount ? "suppressed"
                : "";
        }

        bool HasOptedOut(WorldContact twin, string key) =>
            AddressOf(twin) is var address && address.Key == key && !string.IsNullOrWhiteSpace(address.Text) && Consent(twin) == 3;

        int Consent(WorldContact contact) => channel == Channel.Sms ? contact.SmsConsent : contact.EmailConsent;

        (string? Text, bool Valid, string Key) AddressOf(WorldContact contact) =>
            addresses.Single(address => address.Text == contact.Texts[channel == Channel.Sms ? "phone" : "email"]);
    }
}
