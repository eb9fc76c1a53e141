using Crm.Activity.V1;
using Crm.Common.V1;

namespace TagSegments.Tags.Crm.Contacts.Keys;

/// <summary>Lets refusals follow numbers to their new keys: whoever is suppressed stays so.</summary>
internal sealed class CarriedRefusals(ActivityService.ActivityServiceClient campaigns)
{
    /// <summary>Suppresses the new keys of numbers whose former keys are suppressed.</summary>
    public async Task CarryAsync(string account, IReadOnlyCollection<(string Former, string Key)> numbers, CancellationToken ct)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        var request = new CheckSuppressionsRequest { Account = account, Channel = Channel.Sms, Addresses = { numbers.Select(number => number.Former).Distinct() } };
        var found = (await campaigns.CheckSuppressionsAsync(request, cancellationToken: ct)).Suppressions.ToDictionary(entry => entry.Address);
        foreach (var (former, key) in numbers.Distinct())
        {
            if (found.GetValueOrDefault(former) is { } entry)
            {
                var carried = new Suppression { Channel = Channel.Sms, Address = key, Reason = entry.Reason, Source = entry.Source };
                await campaigns.AddSuppressionAsync(new() { Account = account, Suppression = carried }, cancellationToken: ct);
            }
        }
    }
}
