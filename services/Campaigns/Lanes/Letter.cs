using Crm.Contacts.V1;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Ledger;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Lanes;

/// <summary>A message on its way to a lane, with its contact as it was read last.</summary>
internal sealed class Letter(Claim claim, MessageSource source, OpenBatch batch)
{
    private long _readAt;

    /// <summary>The claim, with the consent that was read last.</summary>
    public Claim Claim { get; private set; } = claim;

    public MessageSource Source => source;

    public OpenBatch Batch => batch;

    public Channel Channel => (Channel)Claim.Channel;

    /// <summary>The contact; null if there is none.</summary>
    public Contact? Contact { get; private set; }

    /// <summary>How old the reading of the contact is.</summary>
    public TimeSpan Age => _readAt == 0 ? TimeSpan.MaxValue : TimeProvider.System.GetElapsedTime(_readAt);

    public void Put(Contact? contact, long readAt)
    {
        Contact = contact;
        Claim = Claim with { Consent = contact is null ? 0 : RecipientDraft.ConsentOf(contact, Channel) };
        _readAt = readAt;
    }
}
