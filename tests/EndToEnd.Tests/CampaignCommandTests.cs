using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands about campaigns, in the order in which a marketer uses them.</summary>
public sealed class CampaignCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"external_id,email,first_name,tags\na,a@{_account}.example,Ann,VIP\nb,b@{_account}.example,,VIP\nc,c@{_account}.example,Cleo,\n");
        await _cli.JsonAsync("import", file, "--account", _account, "--external-id", "external_id", "--tags-column", "tags");
        File.Delete(file);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_campaign_is_created_previewed_tested_sent_and_reported()
    {
        await CreateAsync();

        var preview = await JsonAsync("campaigns", "preview", "Spring", "--contact", "external:b");
        await JsonAsync("team", "add", "me@tests.example");
        var test = await JsonAsync("campaigns", "test", "Spring", "--contact", "external:a", "--to", "me@tests.example");
        var sent = await JsonAsync("campaigns", "send", "Spring", "--wait");
        var report = await JsonAsync("campaigns", "report", "Spring");

        Assert.Equal("Hello", Text(preview["message"]!["subject"]));
        Assert.Equal(["contact.first_name"], preview["missing_fields"]!.AsArray().Select(Text));
        Assert.Equal("ACCEPTED", Text(test["recipients"]![0]!["state"]));
        Assert.Contains(shared.Apps.Smtp.Messages, m => m.Recipients[0] == "me@tests.example" && m.Header("Subject") == "[Test] Hello Ann");
        Assert.Equal("SENT", Text(sent["state"]));
        Assert.Equal(2, report["counts"]!["accepted"]!.GetValue<int>());
        Assert.Equal(2, report["hours"]!.AsArray().Sum(hour => hour!["sent"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Sender_domains_and_team_addresses_are_added_listed_and_removed()
    {
        var domain = await JsonAsync("senders", "add", "Acme.example");
        var address = await JsonAsync("team", "add", "sales@acme.example");

        Assert.Equal("_tagsegments.acme.example", Text(domain["record_name"]));
        Assert.Equal("sales@acme.example", Text(address["address"]!["address"]));
        Assert.Single((await JsonAsync("senders", "list"))["domains"]!.AsArray());
        Assert.Single((await JsonAsync("team", "list"))["addresses"]!.AsArray());
        await JsonAsync("senders", "remove", "acme.example");
        await JsonAsync("team", "remove", "sales@acme.example");
        Assert.Null((await JsonAsync("senders", "list"))["domains"]?.AsArray().FirstOrDefault());
        Assert.Null((await JsonAsync("team", "list"))["addresses"]?.AsArray().FirstOrDefault());
    }

    [Fact]
    public async Task Update_changes_what_is_given_and_leaves_the_rest()
    {
        await CreateAsync();

        var updated = await JsonAsync("campaigns", "update", "Spring", "--subject", "News", "--per-minute", "60", "--name", "Summer");

        Assert.Equal("Summer", Text(updated["name"]));
        Assert.Equal(60, updated["messages_per_minute"]!.GetValue<int>());
        Assert.Equal("News", Text(updated["message"]!["subject"]));
        Assert.Equal("Spring is here.", Text(updated["message"]!["text"]));
        Assert.Single(updated["audience"]!["include"]!.AsArray());
    }

    [Fact]
    public async Task Update_without_a_change_is_a_wrong_command_line()
    {
        await CreateAsync();

        Assert.Equal(2, (await RunAsync("campaigns", "update", "Spring")).Code);
    }

    [Fact]
    public async Task Pause_and_resume_lead_back_to_the_schedule()
    {
        await CreateAsync();
        await JsonAsync("campaigns", "schedule", "Spring", "--at", "2126-11-30T09:00", "--zone", "Europe/Vienna");

        var paused = await JsonAsync("campaigns", "pause", "Spring");
        var resumed = await JsonAsync("campaigns", "resume", "Spring");

        Assert.Equal(("PAUSED", "SCHEDULED"), (Text(paused["state"]), Text(resumed["state"])));
        Assert.Equal("2126-11-30T08:00:00Z", Text(resumed["schedule"]!["run_time"]));
    }

    [Fact]
    public async Task Watch_writes_a_line_per_change_and_ends_with_the_campaign()
    {
        await CreateAsync();
        await JsonAsync("campaigns", "send", "Spring");

        var result = await RunAsync("campaigns", "watch", "Spring", "--output", "json");

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(0, result.Code);
        Assert.Equal("SENT", Text(lines[^1]["state"]));
        Assert.Equal(2, lines[^1]["counts"]!["accepted"]!.GetValue<int>());
    }

    [Fact]
    public async Task Watch_tells_people_how_far_it_is()
    {
        await CreateAsync();
        await JsonAsync("campaigns", "send", "Spring", "--wait");

        var result = await RunAsync("campaigns", "watch", "Spring");

        Assert.Contains("sent: 2 of 2 done, 2 accepted", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prove_tells_why_a_contact_got_it_and_another_did_not()
    {
        await CreateAsync();
        await JsonAsync("campaigns", "send", "Spring", "--wait");

        var got = await RunAsync("campaigns", "prove", "Spring", "--contact", "external:a");
        var other = await RunAsync("campaigns", "prove", "Spring", "--contact", "external:c");

        Assert.Contains($"accepted a@{_account}.example", got.Output, StringComparison.Ordinal);
        Assert.Contains("yes has tag \"VIP\"", got.Output, StringComparison.Ordinal);
        Assert.Contains("was not in the audience", other.Output, StringComparison.Ordinal);
        Assert.Contains("no  has tag \"VIP\"", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proving_a_draft_is_refused_because_nobody_was_chosen_yet()
    {
        await CreateAsync();

        Assert.Equal(1, (await RunAsync("campaigns", "prove", "Spring", "--contact", "external:a")).Code);
    }

    [Fact]
    public async Task A_key_of_a_mail_provider_is_set_from_a_file_listed_and_deleted()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "a signing key of mailgun\n");

        var set = await JsonAsync("webhooks", "set", "mailgun", "--key-file", file);
        var listed = await JsonAsync("webhooks", "list");
        await JsonAsync("webhooks", "delete", "mailgun");
        var without = await JsonAsync("webhooks", "list");
        File.Delete(file);

        Assert.Equal($"/w/mailgun/{_account}", Text(set["webhook_key"]!["path"]));
        Assert.Equal("MAILGUN", Text(Assert.Single(listed["webhook_keys"]!.AsArray())!["provider"]));
        Assert.Empty(without["webhook_keys"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task A_suppressed_address_gets_nothing_until_a_proof_lifts_it()
    {
        await CreateAsync();
        var address = $"a@{_account}.example";

        await JsonAsync("suppressions", "add", address.ToUpperInvariant(), "--reason", "complained", "--source", "a letter");
        var listed = await JsonAsync("suppressions", "list", "--search", "a@");
        await JsonAsync("campaigns", "send", "Spring", "--wait");
        var ledger = await JsonAsync("campaigns", "recipients", "Spring", "--state", "skipped");
        var failed = await JsonAsync("campaigns", "recipients", "Spring", "--state", "failed", "--state", "unknown");
        await JsonAsync("suppressions", "remove", address, "--proof", "form 17");
        var without = await JsonAsync("suppressions", "list");

        Assert.Equal((address, "COMPLAINED"), (Text(listed["suppressions"]![0]!["address"]), Text(listed["suppressions"]![0]!["reason"])));
        Assert.Equal("SUPPRESSED", Text(Assert.Single(ledger["recipients"]!.AsArray())!["reason"]));
        Assert.True(failed["recipients"] is not JsonArray { Count: > 0 });
        Assert.Empty(without["suppressions"]!.AsArray());
    }

    [Fact]
    public async Task Lifting_a_suppression_needs_a_proof() =>
        Assert.Equal(2, (await RunAsync("suppressions", "remove", "a@x.example")).Code);

    [Fact]
    public async Task An_AB_test_is_decided_by_hand_and_reported_by_variant()
    {
        await JsonAsync(
            "campaigns", "create", "Spring", "--to", "everyone", "--text", "Spring is here.", "--variant-subject", "A=Short", "--variant-subject",
            "B=A longer one", "--test-percent", "50", "--winner-by", "manual");
        await JsonAsync("campaigns", "send", "Spring");
        var preview = await JsonAsync("campaigns", "preview", "Spring", "--contact", "external:a", "--variant", "B");
        while (Text((await JsonAsync("campaigns", "status", "Spring"))["state"]) != "SENDING")
        {
            await Task.Yield();
        }

        await JsonAsync("campaigns", "choose", "Spring", "B");
        var watched = await RunAsync("campaigns", "watch", "Spring");
        var report = await JsonAsync("campaigns", "report", "Spring");

        Assert.Equal("A longer one", Text(preview["message"]!["subject"]));
        Assert.Contains("3 of 3 done", watched.Output, StringComparison.Ordinal);
        Assert.Equal(3, report["variants"]!.AsArray().Sum(v => v!["accepted"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("--variant-subject", "no name")]
    [InlineData("--variant-subject", "A=x", "--decide-after", "soon")]
    public async Task A_variant_that_cannot_be_read_is_a_wrong_command_line(params string[] options) =>
        Assert.Equal(2, (await RunAsync(["campaigns", "create", "Spring", "--to", "everyone", .. options])).Code);

    private Task<JsonNode> CreateAsync() => JsonAsync(
        "campaigns", "create", "Spring", "--to", """has tag "VIP" """, "--subject", "Hello {{ contact.first_name }}", "--text", "Spring is here.");

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
