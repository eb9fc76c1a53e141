using Crm.Common.V1;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Tests.Suppressions;

public sealed class AddressTests
{
    [Theory]
    [InlineData("ann@example.org", "ann@example.org")]
    [InlineData("  Ann.O'Neill+news@Example.ORG ", "Ann.O'Neill+news@example.org")]
    [InlineData("ann@bücher.example", "ann@xn--bcher-kva.example")]
    [InlineData("ann@localhost", "ann@localhost")]
    public void Accepts_addresses(string address, string mailbox) => Assert.Equal(mailbox, Address.ToMailbox(address), ignoreCase: true);

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("@example.org")]
    [InlineData("ann@")]
    [InlineData("ann@b@example.org")]
    [InlineData("\"a\r\nRCPT TO:<x>\"@example.org")]
    [InlineData("ann\r\n@example.org")]
    [InlineData("ann@example.org\r\nBcc: x@example.org")]
    [InlineData("a nn@example.org")]
    [InlineData("<ann@example.org>")]
    [InlineData(".ann@example.org")]
    [InlineData("an..n@example.org")]
    [InlineData("änn@example.org")]
    [InlineData("ann@-example.org")]
    [InlineData("ann@exa_mple.org")]
    [InlineData("ann@example..org")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org")]
    public void Refuses_what_is_none(string address) => Assert.Null(Address.ToMailbox(address));

    [Theory]
    [InlineData(Channel.Email, " Ann@Example.ORG ", "ann@example.org")]
    [InlineData(Channel.Sms, "+49 (151) 234-567", "+49151234567")]
    [InlineData(Channel.Sms, "0151 234567", "0151234567")]
    public void Normalises_addresses(Channel channel, string address, string key) => Assert.Equal(key, Address.Key(channel, address));

    [Theory]
    [InlineData("+49 151 234567", true)]
    [InlineData("123", false)]
    [InlineData("+49 151 CALL-ME", false)]
    public void Tells_phone_numbers(string phone, bool valid) => Assert.Equal(valid, Address.IsValid(Channel.Sms, phone));
}
