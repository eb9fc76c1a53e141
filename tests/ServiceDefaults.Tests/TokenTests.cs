using System.Buffers.Text;
using System.Text;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Tests.Keys;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class TokenTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly SealedTokens _tokens = new(Rings.Tokens(("Keys:Tokens", Rings.New(1))));
    private readonly PageTokens _pages;
    private readonly ConsistencyTokens _consistency;

    public TokenTests()
    {
        _pages = new(_tokens, _time);
        _consistency = new(_tokens);
    }

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

    [Fact]
    public void A_page_token_expires_after_a_day()
    {
        var request = new ListTagsRequest { Account = "a" };
        request.PageToken = _pages.Create(request, "5");

        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal("5", _pages.Read(request));
        _time.Advance(TimeSpan.FromSeconds(2));
        AssertRefused(request);
    }

    // SmartListRows has the value of the last row in its position, for example an e-mail address.
    [Fact]
    public void Finding_29_a_token_shows_nothing_of_what_it_carries()
    {
        var page = _pages.Create(new ListTagsRequest { Account = "a" }, "jane@example.org");
        var consistency = _consistency.Create(7, 42, Guid.NewGuid());

        Assert.DoesNotContain("jane", Latin1(page), StringComparison.Ordinal);
        Assert.DoesNotContain("7.42", Latin1(consistency), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1.")]
    [InlineData(".")]
    [InlineData("x.AAAA")]
    public void A_forged_page_token_is_refused(string token) => AssertRefused(new ListTagsRequest { Account = "a", PageToken = token });

    [Fact]
    public void Any_damaged_character_is_noticed()
    {
        var token = _pages.Create(new ListTagsRequest { Account = "a" }, "12345");
        for (var i = 0; i < token.Length; i++)
        {
            var damaged = token[..i] + (token[i] == 'A' ? 'Q' : 'A') + token[(i + 1)..];

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

    private static string Latin1(string token) => Encoding.Latin1.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]));

    private void AssertRefused(Google.Protobuf.IMessage request) =>
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.PageToken, () => _pages.Read(request), "page_token");
}
