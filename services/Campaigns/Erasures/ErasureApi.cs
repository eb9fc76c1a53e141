using Crm.Activity.V1;
using Crm.Common.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Erasures;

/// <summary>Serves the erasure of a contact's data.</summary>
internal sealed class ErasureApi(AccountDirectory accounts, ContactErasure erasure, KeptAnswers answers) : ActivityService.ActivityServiceBase
{
    private const int MostAddresses = 1_000;

    public override async Task<EraseContactDataResponse> EraseContactData(EraseContactDataRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        new FieldChecks()
            .Require(request.ContactId >= 0, "contact_id", "is negative")
            .Require(request.Emails.Count <= MostAddresses, "emails", $"has more than {MostAddresses} entries")
            .Require(request.Phones.Count <= MostAddresses, "phones", $"has more than {MostAddresses} entries")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);
        string[] emails = [.. request.Emails.Select(email => Address.Key(Channel.Email, email))];
        string[] phones = [.. request.Phones.Select(phone => Address.Key(Channel.Sms, phone))];

        var finished = await erasure.EraseAsync(account.Id, request.ContactId, emails, phones, ct);
        if (finished)
        {
            await answers.EraseAsync(account.Id, request.ContactId, [.. request.Emails, .. request.Phones, .. emails, .. phones], ct);
        }

        return new EraseContactDataResponse { Finished = finished };
    }
}
