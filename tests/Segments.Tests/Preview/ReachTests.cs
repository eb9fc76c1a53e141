using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Preview;

/// <summary>The contacts that a campaign would reach, counted naively by the rules for campaigns.</summary>
public sealed class ReachTests(SharedApps shared) : SegmentTest(shared)
{
    private readonly TestApps _apps = shared.Apps;

    // Typed texts, whether each is an address, and the key by which it is compared.
    private static readonly (string? Text, bool Valid, string Key)[] s_emails =
    [
        (null, false, ""), ("", false, ""), (" \t", false, ""),
        ("a@example.org", true, "a@example.org"), (" A@Example.org ", true, "a@example.org"), ("b@example.org", true, "b@example.org"),
        ("c@example.org", true, "c@example.org"), ("D@EXAMPLE.ORG", true, "d@example.org"), ("d@example.org", true, "d@example.org"),
        ("jürgen@example.org", true, "jürgen@example.org"), ("e@müller.example", true, "e@xn--mller-kva.example"),
        ("nobody", false, "nobody"), ("two@at@example.org", false, "two@at@example.org"), (".dot@example.org", false, ".dot@example.org"),
        .. Enumerable.Range(1, 60).Select(i => FormattableString.Invariant($"p{i}@example.org")).Select(email => (email, true, email)),
    ];

    private static readonly (string? Text, bool Valid, string Key)[] s_phones =
    [
        (null, false, ""), ("  ", false, ""), ("+49 170 1", true, "+491701"), ("\u00A0+49-170 1", true, "+491701"), ("49 170 1", true, "491701"),
        ("+49 (170) 2", true, "+491702"), ("01703", true, "01703"), (" 0170/3", true, "01703"), ("call me", false, ""), ("12", false, "12"),
        ("+49 170 1 ext", false, "+491701"),
    ];

    [Fact]
    public async Task Agrees_with_the_rules_for_campaigns_and_every_mutant_is_caught()
    {
        var seed = Seed.Value;
        var random = new Random(seed);
        var account = await WorldAccount.CreateAsync(_apps, random, world => Address(world, random));
        var caught = new HashSet<ReachMutant>();
        for (var i = 0; i < 20; i++)
        {
            var tree = account.Filters.Tree(2);
            var preview = await Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account.Name, Source = new FilterSource { Filter = tree } });
            var members = account.World.Contacts.Where(contact => account.Matches(tree, preview.EvaluationTime).Contains(contact.Id)).ToList();

            foreach (var (actual, addresses) in preview.Channels.Zip([s_emails, s_phones]))
            {
                Assert.True(Naive(ReachMutant.None).Equals(actual), $"seed {seed}: {tree}\n{Naive(ReachMutant.None)}\n{actual}");
                Assert.Equal(preview.Count, Sum(actual));
                caught.UnionWith(Enum.GetValues<ReachMutant>().Where(mutant => !Naive(mutant).Equals(actual)));

                ChannelReach Naive(ReachMutant mutant) => NaiveReach.Count(actual.Channel, members, account.World.Contacts, addresses, account.World.Suppressed, mutant);
            }
        }

        Assert.Equal(Enum.GetValues<ReachMutant>().Where(mutant => mutant != ReachMutant.None).Order(), caught.Order());
    }

    [Fact]
    public async Task Counts_each_contact_once_for_the_first_reason_that_applies()
    {
        var account = await AccountAsync([.. Enumerable.Range(1, 12)]);
        await account.SetAsync(1, "email = 'a@example.org', email_key = 'a@example.org', email_consent = 2");
        await account.SetAsync(2, "email = 'A@example.org', email_key = 'a@example.org'");
        await account.SetAsync(3, "email = 'b@example.org', email_key = 'b@example.org', email_consent = 3, do_not_disturb = true");
        await account.SetAsync(4, "email = 'b@example.org', email_key = 'b@example.org', email_consent = 2");
        await account.SetAsync(5, "email = 'c@example.org', email_key = 'c@example.org', do_not_disturb = true");
        await account.SetAsync(6, "email = 'not an address', email_key = 'not an address'");
        await account.SetAsync(7, "email = 'd@example.org', email_key = 'd@example.org'");
        await account.SetAsync(8, "email = 'e@example.org', email_key = 'e@example.org'");
        await account.SetAsync(9, "email = ' ', email_consent = 3, phone = '+49 170 123'");
        await account.SetAsync(10, "email = 'F@example.org', email_key = 'f@example.org'");
        await account.SetAsync(11, "email = 'f@example.org', email_key = 'f@example.org', email_consent = 3");
        await account.DeleteContactAsync(11);
        await account.ExecuteAsync("INSERT INTO campaigns.suppression (account_id, channel, address_key, reason) VALUES (@Id, 1, 'd@example.org', 1)");

        var channels = (await Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account.Name, Source = Text("everyone") })).Channels;

        Assert.Equal(
            new ChannelReach
            {
                Channel = Channel.Email,
                Reachable = 2,
                ReachableSubscribed = 1,
                NoAddress = 2,
                Unsubscribed = 1,
                DoNotDisturb = 1,
                InvalidAddress = 1,
                AddressOptedOut = 2,
                DuplicateAddress = 1,
                Suppressed = 1,
            },
            channels[0]);
        Assert.Equal(new ChannelReach { Channel = Channel.Sms, Reachable = 1, NoAddress = 10 }, channels[1]);
    }

    private static int Sum(ChannelReach reach) =>
        reach.Reachable + reach.NoAddress + reach.Unsubscribed + reach.DoNotDisturb + reach.InvalidAddress + reach.AddressOptedOut
        + reach.DuplicateAddress + reach.Suppressed;

    private static void Address(World world, Random random)
    {
        foreach (var contact in world.Contacts)
        {
            contact.Texts["email"] = s_emails[random.Next(s_emails.Length)].Text;
            contact.Texts["phone"] = s_phones[random.Next(s_phones.Length)].Text;
            // Few decline, because otherwise hardly an address would be left whose owner did not.
            (contact.EmailConsent, contact.SmsConsent) = (Consent(), Consent());
        }

        int Consent() => random.Next(15) == 0 ? 3 : random.Next(1, 3);

        ((HashSet<(int, string)>)world.Suppressed).UnionWith(s_emails.Where((_, i) => i % 3 == 0).Select(email => (1, email.Key)));
    }
}
