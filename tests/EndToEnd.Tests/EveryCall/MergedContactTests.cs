using Crm.Activity.V1;
using Crm.Auth.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using TagSegments.Chaos.Hostile;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;
using Xunit.Abstractions;
using ConsentState = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>
/// What row A4 of the page of faults asks of every call that takes a contact's number: to calls, a merged contact is a deleted one; but what its
/// person does is recorded for the contact that the person is now.
/// </summary>
public sealed class MergedContactTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private static readonly string[] s_numbers = ["contact_id", "contact_ids"];

    // What was recorded under the number stays readable there, and a message can be shown as the contact would get it.
    private static readonly string[] s_reads =
    [
        "ContactService/GetContact", "ContactService/BatchGetContacts", "ContactService/ListConsentHistory", "ContactService/ListContactTimeline",
        "ContactService/ExportContact", "ActivityService/ListActivities", "TagService/ListTagEvents", "TagService/BatchGetContactTags",
        "TagService/ListTagExpiries", "OpportunityService/ListOpportunities", "SegmentService/MatchContacts", "WorkflowService/ListRuns",
        "WorkflowService/ListSteps", "CampaignService/ListRecipients", "CampaignService/PreviewMessage", "CampaignService/SendTestMessage",
    ];

    // These are about the person or a deleted contact, or say of each contact that it was left out.
    private static readonly string[] s_changes =
    [
        "ContactService/ResolveContacts",
        "ActivityService/RecordActivities", "ContactService/SetConsent", "ContactService/DeleteContact", "ContactService/RestoreContact",
        "ContactService/EraseContact", "MessageService/SendMessage", "TagService/BulkTag", "BulkService/StartBulkOperation", "BulkService/PreviewBulkOperation",
    ];

    // The campaign that they name has not been sent, and so they refuse any contact.
    private static readonly string[] s_ofSentCampaigns = ["CampaignService/ExplainRecipient", "CampaignService/ResendUnknown"];

    // The number is that of the answer.
    private static readonly string[] s_answers = ["ContactService/CreateContact"];

    private static readonly ApiCall[] s_calls = [.. ApiCall.All.Where(call => call.Permission != Permission.Internal && Takes(call.Descriptor.InputType, []) && !IsOneOf(call, s_answers))];

    private ActivityService.ActivityServiceClient Activities => new(shared.Apps.Channel(Service.Campaigns));

    [Fact]
    public async Task A4_every_call_treats_a_merged_contact_as_a_deleted_one()
    {
        var random = new Random(1);
        var world = new World($"merged-{Guid.NewGuid():N}");
        foreach (var (call, request) in WorldRequests.All)
        {
            var result = await CallAsync(call, ValidRequests.Make(call, request, world, random));
            Assert.True(result.Failure is null or { Status: StatusCode.FailedPrecondition }, $"{call.Name}: {result.Failure}");
            world.Learn(call.Descriptor.OutputType.Parser.ParseFrom(result.Answer ?? []), random);
        }

        var wrong = new List<string>();
        foreach (var call in s_calls)
        {
            var (deleted, merged) = (await OutcomeAsync(call, world, random, isMerged: false), await OutcomeAsync(call, world, random, isMerged: true));
            output.WriteLine($"{call.Name}: {merged}");
            var expected = IsOneOf(call, s_reads) || IsOneOf(call, s_changes) ? "OK" : "NotFound NotFound";
            var isExpected = merged == expected || (IsOneOf(call, s_ofSentCampaigns) && merged is not "OK");
            wrong.AddRange(deleted == merged && isExpected ? [] : [$"{call.Name}: deleted {deleted}, merged {merged}, expected {expected}"]);
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A4_what_a_person_does_is_recorded_for_the_contact_that_the_person_is_now()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        int[] contacts = [await account.NewContactAsync(), await account.NewContactAsync(), await account.NewContactAsync()];
        await MergeAsync(account.Name, contacts[0], contacts[1]);
        await MergeAsync(account.Name, contacts[1], contacts[2]);

        await Activities.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities =
            {
                new Activity { ContactId = contacts[0], Kind = Activity.Types.Kind.Custom, EventName = "Signed Up" },
                new Activity { ContactId = contacts[1], Kind = Activity.Types.Kind.Unsubscribed, Channel = Channel.Email },
                new Activity { ContactId = contacts[2], Kind = Activity.Types.Kind.Opened, Channel = Channel.Email },
            },
        });
        await shared.Apps.Contacts.SetConsentAsync(new()
        {
            Account = account.Name,
            ContactId = contacts[0],
            Consent = new() { Channel = Channel.Email, State = ConsentState.Unsubscribed },
        });

        Assert.Equal(new[] { 0, 0, 3 }, await Task.WhenAll(contacts.Select(contact => CountAsync(account.Name, contact))));
        var found = await shared.Apps.Segments.ListMatchesAsync(new() { Account = account.Name, Source = new() { Text = "did \"Signed Up\" AND did unsubscribe from email AND unsubscribed from email" } });
        Assert.Equal([contacts[2]], found.ContactIds);
        var persons = await Task.WhenAll(contacts.Select(account.GetContactAsync));
        Assert.Equal(new[] { contacts[1], contacts[2], 0 }, persons.Select(contact => contact.MergedIntoId));

        await account.RestoreContactAsync(contacts[0]);

        Assert.Equal(0, (await account.GetContactAsync(contacts[0])).MergedIntoId);
        await Activities.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities = { new Activity { ContactId = contacts[0], Kind = Activity.Types.Kind.Custom, EventName = "Signed Up" } },
        });
        Assert.Equal(new[] { 1, 0, 3 }, await Task.WhenAll(contacts.Select(contact => CountAsync(account.Name, contact))));
    }

    private static bool IsOneOf(ApiCall call, string[] names) => names.Any(name => call.Name.EndsWith($".{name}", StringComparison.Ordinal));

    // Of any number of messages within each other.
    private static bool Takes(MessageDescriptor type, HashSet<MessageDescriptor> seen) =>
        seen.Add(type) && type.Fields.InDeclarationOrder().Any(field => field.FieldType == FieldType.Message
            ? !field.IsMap && field.MessageType.File.Package.StartsWith("crm.", StringComparison.Ordinal) && Takes(field.MessageType, seen)
            : field.FieldType == FieldType.Int32 && s_numbers.Contains(field.Name));

    // The call about a contact of its own, which an earlier call cannot have changed.
    private async Task<string> OutcomeAsync(ApiCall call, World world, Random random, bool isMerged)
    {
        var account = new TestAccount(shared.Apps, world.Account);
        var (person, other) = (await account.CreateContactAsync(new() { Email = $"{Guid.NewGuid():N}@example.com" }), await account.NewContactAsync());
        if (isMerged)
        {
            await MergeAsync(world.Account, person.ContactId, other);
        }
        else
        {
            await account.DeleteContactAsync(person.ContactId);
        }

        for (var attempt = 0; attempt < 20; attempt++)
        {
            var request = ValidRequests.Next(call, world, random);
            if (SetNumbers(request, person.ContactId) || SetOwnNumber(request, person.ContactId))
            {
                return (await CallAsync(call, request)).Failure is { } failure ? $"{failure.Status} {failure.Reason}" : "OK";
            }
        }

        return "no sound request names a contact";
    }

    private static bool SetNumbers(IMessage message, int contactId)
    {
        var isSet = false;
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                foreach (var part in (value as System.Collections.IEnumerable ?? new[] { value }).OfType<IMessage>())
                {
                    isSet |= SetNumbers(part, contactId);
                }
            }
            else if (s_numbers.Contains(field.Name) && value is Google.Protobuf.Collections.RepeatedField<int> { Count: > 0 } list)
            {
                list[0] = contactId;
                isSet = true;
            }
            else if (s_numbers.Contains(field.Name) && value is > 0)
            {
                field.Accessor.SetValue(message, contactId);
                isSet = true;
            }
        }

        return isSet;
    }

    // Many requests can name a contact and need not.
    private static bool SetOwnNumber(IMessage request, int contactId)
    {
        foreach (var field in request.Descriptor.Fields.InDeclarationOrder().Where(field => s_numbers.Contains(field.Name)))
        {
            if (field.Accessor.GetValue(request) is Google.Protobuf.Collections.RepeatedField<int> list)
            {
                list.Add(contactId);
            }
            else
            {
                field.Accessor.SetValue(request, contactId);
            }

            return true;
        }

        return false;
    }

    private async Task<CallResult> CallAsync(ApiCall call, IMessage request) => await call.CallAsync(
        shared.Apps.Channel(call.Host).CreateCallInvoker(), new CallOptions(deadline: Eventually.Deadline), request.ToByteArray());

    private async Task MergeAsync(string account, int duplicate, int into) =>
        await shared.Apps.Contacts.MergeContactsAsync(new() { Account = account, ContactId = into, DuplicateContactId = duplicate });

    private async Task<int> CountAsync(string account, int contactId) =>
        (await Activities.ListActivitiesAsync(new() { Account = account, ContactId = contactId })).Activities.Count;
}
