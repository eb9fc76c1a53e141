using System.Globalization;
using System.Text;
using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using NodaTime;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Past;

/// <summary>Writes of every kind to one account through the real services, chosen at random.</summary>
internal sealed partial class RandomWrites(PastAccount account, Random random, Instant now)
{
    private static readonly string[] s_emails = ["rural@example.org", "Rural@Example.org", "ÄÖÜ@example.org", "äöü@example.org", "a@b.example"];
    private static readonly string[] s_phones = ["+49 170 1", "49 170 1", "+491702", "0170/3"];
    private static readonly string[] s_zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"];
    private static readonly string[] s_contactMask =
        ["email", "phone", "first_name", "last_name", "time_zone", "language", "do_not_disturb"];

    private readonly WorldGenerator _values = new(random, now);
    private readonly List<int> _contacts = [];
    private readonly List<int> _opportunities = [];
    private readonly List<Pipeline> _pipelines = [];
    private readonly List<Field> _fields = [];

    /// <summary>Makes the names of <see cref="WorldNames"/>, under their numbers as far as filters use those.</summary>
    public async Task CreateNamesAsync()
    {
        foreach (var (id, name) in WorldNames.Tags)
        {
            Assert.Equal(id, await account.NewTagAsync(name));
        }

        foreach (var (target, field) in WorldNames.ContactFields.Select(field => (Field.Types.Target.Contact, field))
            .Concat(WorldNames.OpportunityFields.Select(field => (Field.Types.Target.Opportunity, field))))
        {
            var created = await account.Apps.Fields.CreateFieldAsync(new()
            {
                Account = account.Name,
                Field = new Field { Key = field.Name, Target = target, Type = field.Type, Choices = { field.Choices } },
            });
            _fields.Add(created.Field);
        }

        foreach (var (id, name) in WorldNames.Pipelines)
        {
            _pipelines.Add(await account.PipelineAsync(name, [.. WorldNames.Stages.Where(stage => stage.Pipeline == id).Select(stage => stage.Name)]));
        }
    }

    /// <summary>Makes one write; a write that the services refuse has no effect.</summary>
    public async Task<string> WriteAsync()
    {
        var (name, write) = Choose();
        try
        {
            await write();
            return name;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition
            or StatusCode.AlreadyExists)
        {
            return $"{name}: {e.Status.Detail}";
        }
    }

    /// <summary>Erases some contacts and waits until nothing is left; returns all that were erased, merged ones too.</summary>
    public async Task<HashSet<int>> EraseAsync(int count)
    {
        var erased = new HashSet<int>();
        for (var i = 0; i < count; i++)
        {
            var answer = await account.Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = Contact() });
            erased.UnionWith(answer.Erasures.Select(erasure => erasure.ContactId));
        }

        await Eventually.ReadAsync(
            async () => (await account.Apps.Contacts.ListErasuresAsync(new() { Account = account.Name, Unfinished = true })).Erasures.Count,
            unfinished => unfinished == 0);
        return erased;
    }

    private (string Name, Func<Task> Write) Choose() => _contacts.Count < 12 ? ("create", CreateContactAsync) : random.Next(22) switch
    {
        0 => ("create", CreateContactAsync),
        1 or 2 or 3 => ("update", UpdateContactAsync),
        4 => ("delete", () => account.Apps.Contacts.DeleteContactAsync(new() { Account = account.Name, ContactId = Contact() }).ResponseAsync),
        5 => ("restore", () => account.Apps.Contacts.RestoreContactAsync(new() { Account = account.Name, ContactId = Contact() }).ResponseAsync),
        6 => ("merge", () => account.Apps.Contacts.MergeContactsAsync(
            new() { Account = account.Name, ContactId = Contact(), DuplicateContactId = Contact() }).ResponseAsync),
        7 => ("consent", ConsentAsync),
        8 or 9 => ("tag", TagAsync),
        10 => ("bulk tag", BulkTagAsync),
        11 => ("library", LibraryAsync),
        12 or 13 => ("create opportunity", CreateOpportunityAsync),
        14 or 15 => ("update opportunity", UpdateOpportunityAsync),
        16 => ("import", ImportAsync),
        17 or 18 => ("activity", RecordAsync),
        19 => ("suppression", SuppressionAsync),
        20 => ("field", FieldAsync),
        _ => Chance(2) ? ("pipeline", PipelineAsync) : ("zone", ZoneAsync),
    };

    private Task TagAsync() => Chance(3) ? account.RemoveTagsAsync(Contact(), TagId()) : account.AddTagsAsync(Contact(), TagId());

    private Task BulkTagAsync() => account.Apps.Tags.BulkTagAsync(new()
    {
        Account = account.Name,
        ContactIds = { _contacts.Where(_ => Chance(2)) },
        AddTagIds = { TagId() },
        RemoveTagIds = { TagId() },
    }).ResponseAsync;

    private Task LibraryAsync() => random.Next(4) switch
    {
        0 => account.Apps.Tags.DeleteTagAsync(new() { Account = account.Name, TagId = TagId() }).ResponseAsync,
        1 => account.Apps.Tags.RestoreTagAsync(new() { Account = account.Name, TagId = TagId() }).ResponseAsync,
        _ => account.Apps.Tags.UpdateTagAsync(
            new() { Account = account.Name, Tag = new Tag { TagId = TagId(), Name = $"{(Chance(2) ? "Source: " : "v")}{random.Next(1000)}" } }).ResponseAsync,
    };

    private async Task ImportAsync()
    {
        var file = new StringBuilder("key,first name,email,plan,tags\n");
        for (var row = 0; row < 6; row++)
        {
            file.Append(CultureInfo.InvariantCulture, $"x{random.Next(40)},Row {random.Next(9)},{Pick(s_emails)},Rural,{Pick(WorldNames.Tags).Name.Split('"')[0].Trim()}\n");
        }

        using var call = account.Apps.Imports.Import();
        await call.RequestStream.WriteAsync(
            new ImportRequest { Account = account.Name, Options = new ImportOptions { ExternalIdColumn = "key", TagsColumns = { "tags" } } });
        await call.RequestStream.WriteAsync(new ImportRequest { Data = ByteString.CopyFromUtf8(file.ToString()) });
        await call.RequestStream.CompleteAsync();
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
            // What it answers is not asked for here.
        }
    }

    private Task RecordAsync() => account.Apps.Activity.RecordActivitiesAsync(new()
    {
        Account = account.Name,
        Activities =
        {
            Enumerable.Range(0, random.Next(1, 4)).Select(_ => Chance(4) ? Activity.Types.Kind.Custom : (Activity.Types.Kind)random.Next(1, 10)).Select(kind => new Activity
            {
                ContactId = Contact(),
                Kind = kind,
                Channel = kind == Activity.Types.Kind.Custom ? Channel.Unspecified : Chance(4) ? Channel.Sms : Channel.Email,
                Time = Timestamp.FromDateTime(Instant.Min(_values.Time(), now).ToDateTimeUtc()),
                CampaignId = Chance(2) ? "" : Chance(2) ? WorldNames.Spring : WorldNames.Autumn,
                Detail = kind == Activity.Types.Kind.Clicked && !Chance(5) ? _values.Text() : "",
                Bounce = kind == Activity.Types.Kind.Bounced ? (Activity.Types.Bounce)random.Next(3) : 0,
                EventName = kind != Activity.Types.Kind.Custom ? "" : Chance(2) ? "Webinar Attended" : "Say \"Hi\"",
                Properties = kind == Activity.Types.Kind.Custom && _values.Properties() is { } json ? Struct.Parser.ParseJson(json) : null,
            }),
        },
    }).ResponseAsync;

    private Task SuppressionAsync()
    {
        var sms = Chance(2);
        var (channel, address) = (sms ? Channel.Sms : Channel.Email, Pick(sms ? s_phones : s_emails));
        return Chance(2)
            ? account.Apps.Activity.RemoveSuppressionAsync(
                new() { Account = account.Name, Channel = channel, Address = address, Proof = "asked for it" }).ResponseAsync
            : account.Apps.Activity.AddSuppressionAsync(new()
            {
                Account = account.Name,
                Suppression = new Suppression { Channel = channel, Address = address, Reason = Suppression.Types.Reason.Manual },
            }).ResponseAsync;
    }

    private Task ZoneAsync() => account.Apps.Accounts.UpdateAccountAsync(
        new() { Account = account.Name, TimeZone = Pick(s_zones), WeekStart = random.Next(1, 8) }).ResponseAsync;

    private string Text() => Chance(4) ? "" : new string([.. _values.Text().Where(c => !char.IsControl(c))]);

    private int Contact() => Pick(_contacts);

    private int TagId() => Pick(WorldNames.Tags).Id;

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
