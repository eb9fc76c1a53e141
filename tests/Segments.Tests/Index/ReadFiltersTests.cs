using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Index;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Index;

public sealed class ReadFiltersTests
{
    private static readonly Filter s_everyone = new() { Everyone = new EveryoneClause() };
    private readonly ReadFilters _filters = new();
    private int _reads;

    [Fact]
    public void A_source_that_comes_again_is_not_read_again()
    {
        Assert.Same(Read("everyone"), Read("everyone"));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public void A_source_that_cannot_be_read_is_tried_again()
    {
        var source = new FilterSource { Text = "everyone" };

        Expect.Failure(() => _filters.GetOrRead(source, () => throw new RpcException(Status.DefaultCancelled)));
        Assert.Equal(s_everyone, Read("everyone"));
    }

    [Fact]
    public void Long_sources_are_left_out_and_many_do_not_add_up()
    {
        var text = new string('x', 5_000);
        Read(text);
        Read(text);
        Assert.Equal(2, _reads);

        for (var i = 0; i < 1_000; i++)
        {
            Read($"{i}");
        }

        Read("0");
        Assert.Equal(1_003, _reads);
    }

    [Fact]
    public void A_long_source_is_read_once_for_its_call()
    {
        var source = new FilterSource { Text = new string('x', 5_000) };

        Assert.Same(Read(source), Read(source));
        Read(source.Clone());
        Assert.Equal(2, _reads);
    }

    private Filter Read(string text) => Read(new FilterSource { Text = text });

    private Filter Read(FilterSource source) => _filters.GetOrRead(source, () =>
    {
        _reads++;
        return s_everyone.Clone();
    });
}
