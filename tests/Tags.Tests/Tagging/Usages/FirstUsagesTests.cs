using Crm.Tags.V1;
using TagSegments.Tags.Tagging.Governance;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tests.Tagging.Usages;

/// <summary>Finding 15: a tag in thousands of segments takes no more memory than one in twenty.</summary>
public sealed class FirstUsagesTests
{
    [Fact]
    public void The_first_users_of_a_tag_are_named_and_the_others_counted()
    {
        var usages = new FirstUsages();
        for (var i = 1; i <= 1_050; i++)
        {
            usages.Add(i == 1 ? [1, 2] : [1], new TagUsage { Resource = "segment", Name = $"S{i}" });
        }

        var dictionary = new TagDictionary("acme", usages, GetTagDictionaryRequest.Types.Format.Markdown);
        dictionary.Add(new Tag { TagId = 1, Name = "Hot" });
        dictionary.Add(new Tag { TagId = 2, Name = "Cold" });
        dictionary.Add(new Tag { TagId = 3, Name = "New" });
        var text = dictionary.End();

        Assert.Equal((20, 1_030), (usages.Of(1).First.Count, usages.Of(1).More));
        Assert.Contains("segment S20 and 1,030 more", text, StringComparison.Ordinal);
        Assert.DoesNotContain("S21", text, StringComparison.Ordinal);
        Assert.Contains("**Used by:** segment S1\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("**Used by:** nothing", text, StringComparison.Ordinal);
    }
}
