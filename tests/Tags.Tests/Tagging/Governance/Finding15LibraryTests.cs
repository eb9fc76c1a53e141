using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using NodaTime;
using TagSegments.Tags.Tagging.Governance;
using TagSegments.Tags.Tagging.Usages;
using TagSegments.Testing;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Tags.Tests.Tagging.Governance;

/// <summary>Finding 15: what is worked out about a whole library has an end, and ends with its call.</summary>
public sealed class Finding15LibraryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly Dictionary<int, string> s_names = new() { [1] = "Source: Ad", [2] = "Source: Fair", [3] = "Other" };

    private GovernanceService.GovernanceServiceClient Governance => new(shared.Apps.Channel(Service.Tags));

    [Theory]
    [InlineData(GetTagDictionaryRequest.Types.Format.Html)]
    [InlineData(GetTagDictionaryRequest.Types.Format.Markdown)]
    public void Finding_15_a_dictionary_that_nobody_could_read_is_refused_while_it_is_written(GetTagDictionaryRequest.Types.Format format)
    {
        var tag = new Tag { Name = "Hot", Description = new string('&', 2_000), WhenToApply = new string('&', 2_000), Examples = new string('&', 2_000) };
        var dictionary = new TagDictionary("acme", new FirstUsages(), format);

        var error = Expect.Failure(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                dictionary.Add(tag);
            }
        });

        error.Is(StatusCode.ResourceExhausted, ErrorReason.MessageTooLarge);
        Assert.InRange(dictionary.End().Length, 0, TagDictionary.MaxLength + 100_000);
    }

    [Fact]
    public void Finding_15_a_preview_looks_through_the_library_only_for_clauses_that_the_change_concerns_and_ends_with_its_call()
    {
        var rewrite = new FilterRewrite(
            new TagChange(1, 0, "Medium: Ad"), s_names, new Dictionary<string, Segment>(), DateTimeZone.Utc, DateTimeOffset.UnixEpoch, new CancellationToken(canceled: true));

        Assert.Equal(StartsWith("Other"), rewrite.After(StartsWith("Other")));
        Assert.Throws<OperationCanceledException>(() => rewrite.After(StartsWith("Source: ")));
    }

    [Fact]
    public async Task Finding_15_a_finding_names_ten_of_the_tags_that_a_new_name_is_like()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        for (var i = 0; i < 12; i++)
        {
            await account.NewTagAsync($"Hot{new string('!', i)}");
        }

        var answer = await Governance.CheckTagNameAsync(new CheckTagNameRequest { Account = account.Name, Name = "hot" });

        var finding = Assert.Single(answer.Findings);
        Assert.Equal(10, finding.TagIds.Count);
        Assert.EndsWith(" and 2 more.", finding.Message, StringComparison.Ordinal);
    }

    private static Filter StartsWith(string prefix) => new() { Tag = new TagClause { Match = Match.Any, NamePrefix = prefix } };
}
