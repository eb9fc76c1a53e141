using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Naming;

/// <summary>Names of tags with joiners, which people bring in emoji and in the writing of Iran, Pakistan and India: they were all refused.</summary>
public sealed class JoinerTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("👩‍💻")]
    [InlineData("👩🏽‍💻 Developers")]
    [InlineData("👨‍👩‍👧‍👦 Family")]
    [InlineData("🏳️‍🌈")]
    [InlineData("🏳️‍⚧️")]
    [InlineData("🏴‍☠️")]
    [InlineData("❤️‍🔥")]
    [InlineData("👩‍❤️‍💋‍👨")]
    [InlineData("🧑🏻‍🤝‍🧑🏿")]
    [InlineData("🕵️‍♀️")]
    [InlineData("🏃🏾‍♀️‍➡️")]
    [InlineData("👨🏿‍🦽‍➡️")]
    [InlineData("🐻‍❄️")]
    [InlineData("🐦‍⬛")]
    [InlineData("😶‍🌫️")]
    [InlineData("🧑‍🧑‍🧒‍🧒")]
    [InlineData("👁️‍🗨️")]
    [InlineData("1️⃣ First")]
    public void Emoji_of_several_parts_are_names(string name) => Kept(name);

    [Theory]
    [InlineData("gbeng")]
    [InlineData("gbsct")]
    [InlineData("gbwls")]
    public void Flags_of_regions_are_names(string region)
    {
        Kept(FlagOf(region));
        Kept($"Fans {FlagOf(region)} 2026 {FlagOf(region)}");
        Refused(FlagOf(region)[..^2]);
        Refused(FlagOf(region)[2..]);
    }

    [Theory]
    [InlineData("می\u200Cخواهم")]
    [InlineData("خانه\u200Cها")]
    [InlineData("علاقه\u200Cمند")]
    [InlineData("نیم\u200Cفاصله و نرم\u200Cافزار")]
    [InlineData("ه\u200D.ش")]
    [InlineData("क्\u200Dष")]
    [InlineData("क्\u200Cष")]
    [InlineData("शरद्\u200Cऋतु")]
    [InlineData("र\u094D\u200Dय")]
    [InlineData("র\u200D\u09CDযাম")]
    [InlineData("ಫೇಸ್\u200Cಬುಕ್")]
    [InlineData("ర్\u200Cన")]
    [InlineData("ශ්\u200Dරී ලංකා")]
    [InlineData("തമിഴ്\u200Cനാട്")]
    public void Words_whose_letters_a_joiner_changes_are_names(string name) => Kept(name);

    [Theory]
    [InlineData("کار\u200Cها", "کارها")]
    [InlineData("می\u200C", "می")]
    [InlineData("\u200Cمی خواهم", "می خواهم")]
    [InlineData("می\u200C\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("می\u200C خواهم", "می خواهم")]
    [InlineData("می\u200C\u200C", "می")]
    [InlineData("بب\u200Dب", "ببب")]
    [InlineData("ಬಸ್\u200C", "ಬಸ್")]
    [InlineData("क\u200Dख", "कख")]
    [InlineData("ന\u0D4D\u200D", "ൻ")]
    [InlineData("അവര\u0D4D\u200D വന്നു", "അവർ വന്നു")]
    [InlineData("🏳\u200D🌈", "🏳\uFE0F\u200D🌈")]
    [InlineData("❤\u200D🔥 hot", "❤\uFE0F\u200D🔥 hot")]
    [InlineData("🏴\u200D☠", "🏴\u200D☠\uFE0F")]
    [InlineData("🕵🏽\u200D♀", "🕵🏽\u200D♀\uFE0F")]
    [InlineData("🏃\u200D♀\u200D➡", "🏃\u200D♀\uFE0F\u200D➡\uFE0F")]
    public void Names_that_look_the_same_are_one(string name, string stored)
    {
        Assert.Equal(stored, TagNames.Normalize(name, "name"));
        Kept(stored);
    }

    [Theory]
    [InlineData("Hot\u200CLead")]
    [InlineData("Hot\u200D")]
    [InlineData("\u200DHot")]
    [InlineData("💻\u200D")]
    [InlineData("\u200D💻")]
    [InlineData("👩\u200D\u200D💻")]
    [InlineData("👩\u200C💻")]
    [InlineData("👩 \u200D💻")]
    [InlineData("💻\u200D👩")]
    [InlineData("🍎\u200D🍌")]
    [InlineData("🇩🇪\u200D🇦🇹")]
    [InlineData("A\u200D🔥")]
    [InlineData("王\u200D王")]
    [InlineData("ש\u200Dל")]
    [InlineData("ก\u200Cข")]
    [InlineData("\u200C")]
    [InlineData("7\u200C7")]
    [InlineData("می\u200Bخواهم")]
    [InlineData("می\u200Fخواهم")]
    public void Other_joiners_are_refused(string name) => Refused(name);

    [Theory]
    [InlineData("👩‍💻", "👩💻")]
    [InlineData("🏳️‍🌈", "🏳🌈")]
    [InlineData("می\u200Cخواهم", "میخواهم")]
    [InlineData("❤️", "❤")]
    public void Names_that_look_much_the_same_are_said(string first, string second) =>
        Assert.True(NearDuplicates.AreNear(NearDuplicates.Key(first), NearDuplicates.Key(second)));

    [Theory]
    [InlineData("👩‍💻", "👩‍🔬")]
    [InlineData("🏳️‍🌈", "🏴‍☠️")]
    public void Other_pictures_are_not(string first, string second) =>
        Assert.False(NearDuplicates.AreNear(NearDuplicates.Key(first), NearDuplicates.Key(second)));

    [Fact]
    public void A_long_name_of_joiners_costs_little()
    {
        Refused(string.Concat(Enumerable.Repeat("ا\u0653\u200C", 500)));
        Refused(string.Concat(Enumerable.Repeat("👩\u200D", 2_000_000)));
        Assert.Equal(200, TagNames.Normalize(string.Concat(Enumerable.Repeat("ا\u200C", 200)), "name").Length);
    }

    [Fact]
    public async Task A_file_brings_them_and_a_filter_finds_them()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var result = await Importer.RunAsync(
            account.Apps,
            account.Name,
            new() { TagsColumns = { "tags" } },
            $"first name,tags\nAnn,👩‍💻;می\u200Cخواهم\nBen,{FlagOf("gbsct")};کار\u200Cها\nCyd,Hot\u200DLead\nDee,کارها;ශ්\u200Dරී\n");

        Assert.Equal((4, 1L), ((int)result.Summary.Rows, result.Summary.Failed));
        Assert.Equal((4L, "tags"), (result.Errors.Single().Line, result.Errors.Single().Column));
        Assert.Equal(["👩‍💻", "می\u200Cخواهم"], (await account.TagsOfAsync(1)).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(5, result.Summary.TagsCreated.Count);
        foreach (var (text, count) in new[] { ("👩‍💻", 1), ("می\u200Cخواهم", 1), ("کار\u200Cها", 2), ("کارها", 2), (FlagOf("gbsct"), 1), ("ශ්\u200Dරී", 1) })
        {
            Assert.Equal(count, (await account.Apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = $"has tag \"{text}\"" } })).Count);
        }
    }

    private static string FlagOf(string region) => "🏴" + string.Concat(region.Select(letter => char.ConvertFromUtf32(0xE0000 + letter))) + char.ConvertFromUtf32(0xE007F);

    private static void Kept(string name) => Assert.Equal(name.Normalize(), TagNames.Normalize(name, "name"));

    private static void Refused(string name) =>
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => TagNames.Normalize(name, "name"), "name");
}
