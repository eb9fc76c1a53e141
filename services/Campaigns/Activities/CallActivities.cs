using Crm.Activity.V1;
using Crm.Common.V1;

namespace TagSegments.Campaigns.Activities;

/// <summary>The activities of a call as events, and what is wrong with them: the first bad field refuses the call, or each bad activity alone.</summary>
internal sealed class CallActivities
{
    private const int MaxActivities = 10_000;
    private readonly List<(int Index, ContactKey? Key, ActivityEvent Event)> _read = [];
    private readonly SortedDictionary<int, RefusedActivity> _refused = [];
    private readonly FieldChecks _all = new();

    private CallActivities(RecordActivitiesRequest request, DateTime now)
    {
        var checks = new FieldChecks();
        foreach (var (index, activity) in request.Activities.Index())
        {
            var read = ActivityRules.ToEvent(activity, now, checks);
            if (checks.Violations.Count == 0)
            {
                _read.Add((index, activity.ContactKey, read));
                continue;
            }

            foreach (var (field, description) in checks.Violations)
            {
                Refuse(index, field, description);
            }

            checks = new FieldChecks();
        }
    }

    /// <summary>The good activities, in the order of the call.</summary>
    public IReadOnlyList<ActivityEvent> Events { get; private set; } = [];

    /// <summary>The bad ones, if the call allows them.</summary>
    public IEnumerable<RefusedActivity> Refused => _refused.Values;

    /// <summary>Reads the activities of a call. Throws INVALID_ARGUMENT naming every field that is wrong, unless bad ones are allowed.</summary>
    public static async Task<CallActivities> ReadAsync(
        RecordActivitiesRequest request, AccountInfo account, KnownContacts contacts, DateTime now, CancellationToken ct)
    {
        new FieldChecks().Require(request.Activities.Count is >= 1 and <= MaxActivities, "activities", $"must be 1 to {MaxActivities:N0}").ThrowIfAny();
        var call = new CallActivities(request, now);
        call.ThrowUnless(request.AllowPartial);
        await call.FindContactsAsync(account, contacts, ct);
        call.ThrowUnless(request.AllowPartial);
        return call;
    }

    private void ThrowUnless(bool partial)
    {
        if (!partial)
        {
            _all.ThrowIfAny();
        }
    }

    private async Task FindContactsAsync(AccountInfo account, KnownContacts contacts, CancellationToken ct)
    {
        var found = await contacts.ResolveAsync(account, _read.Select(read => read.Key).OfType<ContactKey>(), ct);
        var present = await contacts.PresentAsync(account, _read.Where(read => read.Key is null).Select(read => read.Event.ContactId), ct);
        var events = new List<ActivityEvent>(_read.Count);
        foreach (var (index, key, read) in _read)
        {
            var contactId = key is null ? present.GetValueOrDefault(read.ContactId) : found[key];
            if (contactId == 0)
            {
                Refuse(index, key is null ? "contact_id" : "contact_key", $"there is no contact {NameOf(key, read.ContactId)}", unknownContact: true);
            }
            else
            {
                events.Add(key is null ? read.Of(contactId) : read with { ContactId = contactId });
            }
        }

        Events = events;
    }

    private void Refuse(int index, string field, string message, bool unknownContact = false)
    {
        _all.Require(false, $"activities[{index}].{field}", message);
        _refused.TryAdd(index, new() { Index = index, Field = field, Message = message, UnknownContact = unknownContact });
    }

    private static string NameOf(ContactKey? key, int contactId) => key switch
    {
        { HasEmail: true } => key.Email,
        { HasPhone: true } => key.Phone,
        { HasExternalId: true } => $"with the external id {key.ExternalId}",
        { HasContactId: true } => $"{key.ContactId}",
        _ => $"{contactId}",
    };
}
