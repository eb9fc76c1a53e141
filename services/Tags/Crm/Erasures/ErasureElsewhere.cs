using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Tags.Crm.Contacts;
using EraseInCampaigns = Crm.Activity.V1.EraseContactDataRequest;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>Tells the other services whom to erase.</summary>
internal sealed class ErasureElsewhere(
    ActivityService.ActivityServiceClient campaigns, SegmentService.SegmentServiceClient segments, WorkflowService.WorkflowServiceClient workflows)
{
    private const int MostAddresses = 1_000;

    /// <summary>Erases a contact in the other services; false if something must end there first.</summary>
    public async Task<bool> EraseAsync(DueErasure erasure, ErasedPerson person, CancellationToken ct)
    {
        var (account, contactId) = (erasure.Account, erasure.ContactId);
        var (emails, phones) = (Texts(person, Channel.Email).ToList(), Texts(person, Channel.Sms).ToList());
        var inSegments = await segments.EraseContactDataAsync(
            new() { Account = account, ContactId = contactId, Emails = { emails }, Phones = { phones } }, cancellationToken: ct);
        var inWorkflows = await workflows.EraseContactDataAsync(
            new() { Account = account, ContactId = contactId, Emails = { emails }, Phones = { phones } }, cancellationToken: ct);
        return await EraseInCampaignsAsync(account, contactId, person, ct) && inSegments.Finished && inWorkflows.Finished;
    }

    /// <summary>Erases a contact in the campaign service, or addresses only where the number is 0.</summary>
    public async Task<bool> EraseInCampaignsAsync(string account, int contactId, ErasedPerson person, CancellationToken ct)
    {
        var request = new EraseInCampaigns
        {
            Account = account,
            ContactId = contactId,
            Emails = { Texts(person, Channel.Email) },
            Phones = { Texts(person, Channel.Sms) },
        };
        return (await campaigns.EraseContactDataAsync(request, cancellationToken: ct)).Finished;
    }

    /// <summary>Finds the addresses of a person that are on the suppression list.</summary>
    public async Task<List<PersonAddress>> SuppressedAsync(string account, ErasedPerson person, CancellationToken ct)
    {
        var suppressed = new List<PersonAddress>();
        foreach (var channel in new[] { Channel.Email, Channel.Sms })
        {
            var request = new CheckSuppressionsRequest { Account = account, Channel = channel, Addresses = { Texts(person, channel) } };
            if (request.Addresses.Count > 0)
            {
                var found = await campaigns.CheckSuppressionsAsync(request, cancellationToken: ct);
                suppressed.AddRange(found.Suppressions.Where(suppression => channel == Channel.Sms || suppression.Address.Contains('@', StringComparison.Ordinal)).Select(suppression => new PersonAddress(channel, suppression.Address)));
            }
        }

        return suppressed;
    }

    private static IEnumerable<string> Texts(ErasedPerson person, Channel channel) =>
        person.OwnAddresses.Where(address => address.Channel == channel).Select(address => address.Text).Take(MostAddresses);
}
