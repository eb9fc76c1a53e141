using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Segments.Tests.Past;

/// <summary>Names mean what they mean today; a filter that compares names uses the names of then.</summary>
public sealed class AsOfNamesTests(SharedApps shared) : SegmentTest(shared)
{
    private readonly SharedApps _shared = shared;

    [Fact]
    public async Task A_tag_is_found_by_its_name_of_today_and_by_prefix_as_it_was_called_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var (contact, tag) = (await account.NewContactAsync(), await account.NewTagAsync("Source: Web"));
        await account.AddTagsAsync(contact, tag);
        var before = await account.InstantAsync();
        await account.Apps.Tags.UpdateTagAsync(new UpdateTagRequest { Account = account.Name, Tag = new Tag { TagId = tag, Name = "Site" } });

        Assert.Equal([contact], await account.MatchesAsync("has tag \"Site\"", before));
        Assert.Equal([contact], await account.MatchesAsync("has tag starting with \"Source: \"", before));
        Assert.Empty(await account.MatchesAsync("has tag starting with \"Site\"", before));
        Assert.Empty(await account.MatchesAsync("has tag starting with \"Source: \""));
    }

    [Fact]
    public async Task What_did_not_exist_yet_nobody_had()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var contact = await account.NewContactAsync();
        var before = await account.InstantAsync();
        await account.AddTagsAsync(contact, await account.NewTagAsync("VIP"));
        await account.CreateFieldAsync("tier", Field.Types.Type.SingleChoice, "Gold");
        await account.UpdateContactAsync(new Contact { ContactId = contact, Fields = TestAccount.Values("tier", Value.ForString("Gold")) });
        var pipeline = await account.PipelineAsync("Sales", "New");
        await account.OpportunityAsync(contact, pipeline.Stages[0], pipeline.PipelineId, "1");

        foreach (var filter in new[] { "has tag \"VIP\"", "tier = \"Gold\"", "has opportunity (pipeline = \"Sales\" AND stage = \"New\")" })
        {
            Assert.Empty(await account.MatchesAsync(filter, before));
            Assert.Equal([contact], await account.MatchesAsync(filter));
        }
    }

    [Fact]
    public async Task A_deleted_tag_counts_while_it_lived_and_is_missing_while_it_was_deleted()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var (contact, tag) = (await account.NewContactAsync(), await account.NewTagAsync("VIP"));
        await account.AddTagsAsync(contact, tag);
        var alive = await account.InstantAsync();
        await account.Apps.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = tag });
        var deleted = await account.InstantAsync();

        Assert.Equal([contact], await account.MatchesAsync($"has tag #{tag}", alive));
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            () => account.MatchesAsync($"has tag #{tag}", deleted));
        await account.Apps.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = tag });
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            () => account.MatchesAsync("has tag \"VIP\"", deleted));
        Assert.Equal([contact], await account.MatchesAsync("has tag \"VIP\""));
    }

    [Fact]
    public async Task A_field_has_the_type_that_it_had_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var field = await account.CreateFieldAsync("size", Field.Types.Type.Text);
        var contact = await account.NewContactAsync(new Contact { Fields = TestAccount.Values("size", Value.ForString("12")) });
        var text = await account.InstantAsync();
        field.Type = Field.Types.Type.Number;
        await account.Apps.Fields.UpdateFieldAsync(new() { Account = account.Name, Field = field });

        Assert.Equal([contact], await account.MatchesAsync("size > 2"));
        Assert.Equal([contact], await account.MatchesAsync("size is not empty AND NOT size is empty", text));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.FilterInvalid, () => account.MatchesAsync("size > 2", text));
    }

    [Fact]
    public async Task What_came_later_does_not_have_to_fit_the_type_of_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var field = await account.CreateFieldAsync("met", Field.Types.Type.DateTime);
        var values = TestAccount.Values("met", Value.ForString("2020-03-04T05:06:07Z"));
        var (contact, other) = (await account.NewContactAsync(new Contact { Fields = values }), await account.NewContactAsync(new Contact { Fields = values }));
        var before = await account.InstantAsync();
        field.Type = Field.Types.Type.Text;
        await account.Apps.Fields.UpdateFieldAsync(new() { Account = account.Name, Field = field });
        await account.NewContactAsync(new Contact { Fields = TestAccount.Values("met", Value.ForString("Vienna")) });
        await account.UpdateContactAsync(new Contact { ContactId = other, Fields = TestAccount.Values("met", Value.ForString("Graz")) }, "fields.met");

        var filter = new Filter
        {
            Field = new FieldClause
            {
                Field = new FieldRef { FieldId = field.FieldId },
                Operator = FieldClause.Types.Operator.Anniversary,
                Window = new TimeWindow { Fixed = new FixedWindow { From = "2026-03-04", Until = "2026-03-05" } },
            },
        };
        var matches = await Segments.ListMatchesAsync(
            new ListMatchesRequest { Account = account.Name, Source = new FilterSource { Filter = filter }, AsOf = before });

        Assert.Equal([contact, other], matches.ContactIds);
    }

    [Fact]
    public async Task Pipelines_and_stages_have_the_names_of_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var (contact, pipeline) = (await account.NewContactAsync(), await account.PipelineAsync("Sales", "New", "Gone"));
        var deal = await account.OpportunityAsync(contact, pipeline.Stages[1], pipeline.PipelineId, "1");
        var before = await account.InstantAsync();
        deal.StageId = pipeline.Stages[0].StageId;
        await account.UpdateOpportunityAsync(deal, "stage_id");
        pipeline.Name = "Partners";
        pipeline.Stages.RemoveAt(1);
        pipeline.Stages[0].Name = "Fresh";
        await account.Apps.Opportunities.UpdatePipelineAsync(new() { Account = account.Name, Pipeline = pipeline });

        Assert.Equal([contact], await account.MatchesAsync("has opportunity (pipeline = \"Sales\" AND stage = \"Gone\")", before));
        Assert.Empty(await account.MatchesAsync("has opportunity (pipeline = \"Partners\")", before));
        Assert.Equal([contact], await account.MatchesAsync("has opportunity (pipeline = \"Partners\" AND stage = \"Fresh\")"));
    }

    [Fact]
    public async Task Days_are_those_of_the_zone_that_the_account_had_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        await account.CreateFieldAsync("due", Field.Types.Type.Date);
        var zoneAhead = await account.Apps.Accounts.UpdateAccountAsync(new() { Account = account.Name, TimeZone = "Pacific/Kiritimati" });
        var today = await Midnight.PassAsync("Pacific/Kiritimati");
        var contact = await account.NewContactAsync(new Contact { Fields = TestAccount.Values("due", Value.ForString($"{today:yyyy-MM-dd}")) });
        var before = await account.InstantAsync();
        await account.Apps.Accounts.UpdateAccountAsync(new() { Account = account.Name, TimeZone = "Pacific/Pago_Pago" });

        Assert.Equal("Pacific/Kiritimati", zoneAhead.Account.TimeZone);
        Assert.Equal([contact], await account.MatchesAsync("due today", before));
        Assert.Empty(await account.MatchesAsync("due today"));
    }

    [Fact]
    public async Task A_saved_segment_means_its_current_definition()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var (ada, eva) = (await account.NewContactAsync(), await account.NewContactAsync(new Contact { FirstName = "Eva" }));
        var saved = await Segments.CreateSegmentAsync(new()
        {
            Account = account.Name,
            Segment = new Segment { Name = "Chosen" },
            Text = "first_name = \"Ada\"",
        });
        var before = await account.InstantAsync();
        await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = saved.Segment.SegmentId, Text = "first_name = \"Eva\"" });
        await account.UpdateContactAsync(new Contact { ContactId = ada, FirstName = "Eva" });

        Assert.Equal([eva], await account.MatchesAsync("in segment \"Chosen\"", before));
        Assert.Equal([ada, eva], await account.MatchesAsync("in segment \"Chosen\""));
    }
}
