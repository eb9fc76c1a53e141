using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Delivery;
using Channel = Crm.Common.V1.Channel;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Tests.Audiences;

public sealed class RecipientDraftTests
{
    [Fact]
    public void One_message_per_address_goes_to_the_contact_with_the_lowest_number()
    {
        Assert.Equal([0, Reason.DuplicateAddress, 0], Reasons(Mail(1, "ann@x.example"), Mail(2, " ANN@x.example"), Mail(3, "bob@x.example")));
    }

    [Fact]
    public void An_address_is_out_if_one_of_its_contacts_opted_out()
    {
        Assert.Equal(
            [Reason.AddressOptedOut, Reason.Unsubscribed], Reasons(Mail(1, "ann@x.example"), Mail(2, "Ann@x.example", Consent.Types.State.Unsubscribed)));
    }

    [Fact]
    public void Contacts_without_an_address_are_no_twins() => Assert.Equal([Reason.NoAddress, Reason.NoAddress], Reasons(Mail(1, ""), Mail(2, " ")));

    [Fact]
    public void A_contact_left_out_for_itself_leaves_the_address_to_its_twin()
    {
        var quiet = Mail(1, "ann@x.example");
        quiet.DoNotDisturb = true;

        Assert.Equal([Reason.DoNotDisturb, 0], Reasons(quiet, Mail(2, "ann@x.example")));
    }

    [Fact]
    public void Says_why_a_contact_is_left_out()
    {
        var deleted = Mail(1, "a@x.example");
        deleted.DeleteTime = Timestamp.FromDateTime(DateTime.UnixEpoch);

        Assert.Equal([Reason.Deleted, Reason.InvalidAddress], Reasons(deleted, Mail(2, "no address")));
        Assert.Equal(Reason.NotSubscribed, RecipientDraft.Create(Mail(3, "c@x.example"), Channel.Email, subscribedOnly: true).Reason);
        Assert.Equal(Reason.Deleted, RecipientDraft.Missing(4).Reason);
    }

    private static Contact Mail(int id, string email, Consent.Types.State consent = Consent.Types.State.Never) =>
        new() { ContactId = id, Email = email, Consents = { new Consent { Channel = Channel.Email, State = consent } } };

    private static Reason[] Reasons(params Contact[] contacts)
    {
        var drafts = contacts.Select(c => RecipientDraft.Create(c, Channel.Email, subscribedOnly: false)).ToList();
        var declined = contacts.Where(c => c.Consents[0].State == Consent.Types.State.Unsubscribed).Select(c => c.Email.ToLowerInvariant());
        drafts.ForEach(new AddressBook(declined.ToHashSet()).Admit);
        return [.. drafts.Select(draft => draft.Reason)];
    }
}
