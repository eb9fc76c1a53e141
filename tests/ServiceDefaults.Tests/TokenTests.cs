using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class TokenTests
{
    private static readonly SignedToken s_signed = new(
        new ConfigurationBuilder().AddInMemoryCollection([new("Tokens:Key", "k")]).Build());

    private readonly PageTokens _pages = new(s_signed);
    private readonly ConsistencyTokens _consistency = new(s_signed);

    [Fact]
    public void A_page_token_continues_its_own_request_with_any_page_size()
    {
        var token = _pages.Create(new ListTagsRequest { Account = "a", Prefix = "Source: ", PageSize = 10 }, "Source: Web");

        var position = _pages.Read(new ListTagsRequest { Account = "a", Prefix = "Source: ", PageSize = 50, PageToken = token });

        Assert.Equal("Source: Web", position);
    }

    [Fact]
    public void A_page_token_is_refused_by_another_account_filter_or_method()
    {
        var token = _pages.Create(new ListTagsRequest { Account = "a", Prefix = "x" }, "5");

        AssertRefused(new ListTagsRequest { Account = "b", Prefix = "x", PageToken = token });
        AssertRefused(new ListTagsRequest { Account = "a", Prefix = "y", PageToken = token });
        AssertRefused(new ListTagEventsRequest { Account = "a", PageToken = token });
    }

    [Theory]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_forged_page_token_is_refused(string token) => AssertRefused(new ListTagsRequest { Account = "a", PageToken = token });

    [Fact]
    public void Any_damaged_character_is_noticed()
    {
        var token = _pages.Create(new ListTagsRequest { Account = "a" }, "12345");
        for (var i = 0; i < token.Length; i++)
        {
            var damaged = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];

            AssertRefused(new ListTagsRequest { Account = "a", PageToken = damaged });
        }
    }

    [Fact]
    public void A_consistency_token_says_what_was_committed()
    {
        var nonce = Guid.NewGuid();

        Assert.Equal((7, 42L, nonce), _consistency.Read(_consistency.Create(7, 42, nonce), "at_least"));
    }

    [Fact]
    public void A_page_token_is_no_consistency_token()
    {
        var token = _pages.Create(new ListTagsRequest { Account = "a" }, "7.42.00000000000000000000000000000000");

        Expect.Failure(() => _consistency.Read(token, "at_least"));
    }

    private void AssertRefused(Google.Protobuf.IMessage request) =>
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.PageToken, () => _pages.Read(request), "page_token");
}
