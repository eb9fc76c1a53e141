using System.Text;
using CsCheck;

namespace TagSegments.Addresses.Tests;

/// <summary>Rows A1, A2 and A3 of the faults: addresses are compared by what they are, and mail goes to the ASCII domain.</summary>
public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("info@bücher.example", "info@xn--bcher-kva.example")]
    [InlineData("Info@BÜCHER.example", "info@bücher.example")]
    [InlineData("info@bu\u0308cher.example", "info@bücher.example")]
    [InlineData("info@XN--BCHER-KVA.example", "info@bücher.example")]
    [InlineData("info@bücher.example.", "info@bücher.example")]
    [InlineData("info@example.com.", "info@EXAMPLE.com")]
    [InlineData("info@ｅｘａｍｐｌｅ．com", "info@example.com")]
    [InlineData("info@example。com", "info@example.com")]
    [InlineData("info@STRAẞE.example", "info@straße.example")]
    [InlineData("info@xn--strae-oqa.example", "info@straße.example")]
    [InlineData("info@ΒΌΛΟΣ.example", "info@βόλοσ.example")]
    [InlineData("info@日本語.example", "info@xn--wgv71a119e.example")]
    [InlineData("info@ex\u00adample.com", "info@example.com")]
    [InlineData("Jürgen@x.example", "ju\u0308rgen@x.example")]
    [InlineData("JÜRGEN@bücher.example", "jürgen@xn--bcher-kva.example")]
    [InlineData("ΟΔΥΣΣΕΥΣ@x.example", "οδυσσευς@x.example")]
    [InlineData("οδυσσευσ@x.example", "οδυσσευς@x.example")]
    [InlineData("  ann@x.example ", "ANN@X.example")]
    public void A1_one_address_has_one_key(string one, string other) => Assert.Equal(EmailAddress.Key(one), EmailAddress.Key(other));

    [Theory]
    [InlineData("info@straße.example", "info@strasse.example")]
    [InlineData("info@βόλος.example", "info@βόλοσ.example")]
    [InlineData("info@ıstanbul.example", "info@istanbul.example")]
    [InlineData("info@İstanbul.example", "info@istanbul.example")]
    [InlineData("ı@x.example", "i@x.example")]
    [InlineData("ü@x.example", "u@x.example")]
    [InlineData("a.b@x.example", "ab@x.example")]
    [InlineData("a+b@x.example", "a@x.example")]
    [InlineData("a@x.example", "a@y.x.example")]
    public void A1_different_addresses_have_different_keys(string one, string other) =>
        Assert.NotEqual(EmailAddress.Key(one), EmailAddress.Key(other));

    [Theory]
    [InlineData("info@bücher.example", "info@xn--bcher-kva.example")]
    [InlineData("Info@BÜCHER.example.", "Info@xn--bcher-kva.example")]
    [InlineData("info@straße.example", "info@xn--strae-oqa.example")]
    [InlineData("info@βόλος.example", "info@xn--nxasmm1c.example")]
    [InlineData("info@日本語.example", "info@xn--wgv71a119e.example")]
    [InlineData("  Ann.O'Neill+news@Example.ORG ", "Ann.O'Neill+news@example.org")]
    public void A2_mail_goes_to_the_domain_in_ASCII(string address, string mailbox) => Assert.Equal(mailbox, EmailAddress.ToMailbox(address));

    [Theory]
    [InlineData("jürgen@bücher.example", "jürgen@xn--bcher-kva.example")]
    [InlineData("ju\u0308rgen@x.example", "jürgen@x.example")]
    [InlineData("用户@例子.example", "用户@xn--fsqu00a.example")]
    [InlineData("Nguyễn@x.example", "Nguyễn@x.example")]
    public void A3_a_local_part_may_be_of_any_script(string address, string mailbox)
    {
        Assert.Equal(mailbox, EmailAddress.ToMailbox(address));
        Assert.True(Address.NeedsSmtpUtf8(Crm.Common.V1.Channel.Email, address));
        Assert.False(Address.NeedsSmtpUtf8(Crm.Common.V1.Channel.Email, "info@bücher.example"));
    }

    [Theory]
    [InlineData("info@xn--a.example")]
    [InlineData("info@xn--zz--zz.example")]
    [InlineData("info@bü_cher.example")]
    [InlineData("info@-bücher.example")]
    [InlineData("info@bücher..example")]
    [InlineData("jür\u200bgen@x.example")]
    [InlineData("jür gen@x.example")]
    [InlineData("jür\u00a0gen@x.example")]
    [InlineData("\ud800@x.example")]
    [InlineData("..ü@x.example")]
    [InlineData("ü@b@x.example")]
    [InlineData("üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü@x.example")]
    public void Refuses_what_is_no_address(string address) => Assert.Null(EmailAddress.ToMailbox(address));

    [Fact]
    public void Equal_keys_are_equal_normal_forms()
    {
        // What two writings may differ in: case, composition, and the form of the domain.
        var letter = OneOf("a", "B", "ü", "u\u0308", "É", "σ", "ς", "ß", "ê\u0323", "ệ", "가", "각", "4");
        var label = OneOf("bücher", "BÜCHER", "bu\u0308cher", "xn--bcher-kva", "straße", "strasse", "example", "ＥＸＡＭＰＬＥ");
        var address = Gen.Select(letter.Array[1, 3], label, (local, domain) => $"{string.Concat(local)}@{domain}.example");
        Gen.Select(address, address).Sample((one, other) => (EmailAddress.Key(one) == EmailAddress.Key(other)) == (Form(one) == Form(other)));
        address.Sample(one => EmailAddress.Key(EmailAddress.Key(one)) == EmailAddress.Key(one));
    }

    [Fact]
    public void A_hostile_address_costs_little()
    {
        var marks = new string('\u0316', 200_000);
        Assert.Null(EmailAddress.ToMailbox($"a{marks}@x.example"));
        Assert.Null(EmailAddress.ToMailbox($"a@x{marks}.example"));
        Assert.EndsWith("@x.example", EmailAddress.Key($"a{marks}@x.example"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ban.example", "ban.example|example")]
    [InlineData("a.b.ban.example", "a.b.ban.example|b.ban.example|ban.example|example")]
    public void A_domain_has_parents(string domain, string parents) => Assert.Equal(parents, string.Join('|', DomainName.WithParents(domain)));

    // By another way than the code's: each part by a table of what is equal.
    private static string Form(string address)
    {
        var (local, domain) = (address.Split('@')[0].Normalize(NormalizationForm.FormD), address.Split('@')[1]);
        var letters = string.Concat(local.Select(c => c == 'ς' ? 'σ' : char.ToLowerInvariant(c)));
        var label = domain.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Replace("xn--bcher-kva", "bücher", StringComparison.Ordinal);
        return $"{letters}@{label}";
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
