namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>The table of faults (tests/Chaos/Faults) is whole, and what it names exists.</summary>
public sealed class FaultTableTests
{
    private const int Rows = 105;

    [Fact]
    public void Every_row_is_there_once_in_its_order() => Assert.Equal(Enumerable.Range(1, Rows), FaultTable.Numbers(FaultTable.Text));

    [Fact]
    public void Every_row_has_tests_and_commands_that_exist_or_a_reason() => Assert.Empty(FaultTable.Faults(FaultTable.Text));

    [Theory]
    [InlineData("`ServiceDefaults.Tests: FaultTableTests.Every_row_is_there_once_in_its_order`", true)]
    [InlineData("`ServiceDefaults.Tests: FaultTableTests.What_is_wrong_is_found`, `tests/Chaos -- campaigns --kills 1000`", true)]
    [InlineData("`tests/containers/check.sh`", true)]
    [InlineData("None: nothing of the product can be asked for it, so it shows in no test.", true)]
    [InlineData("`ServiceDefaults.Tests: FaultTableTests.Rows`", false)] // no test
    [InlineData("`ServiceDefaults.Tests: FaultTable.Faults`", false)]
    [InlineData("`ServiceDefaults.Tests: FaultTableTests.Every_row`", false)]
    [InlineData("`ServiceDefaults.Tests: PageTests.Every_row_is_there_once_in_its_order`", false)] // of another class
    [InlineData("`Tags.Tests: FaultTableTests.Every_row_is_there_once_in_its_order`", false)] // of another project
    [InlineData("`tests/Chaos -- nothing`", false)]
    [InlineData("`tests/containers/nothing.sh`", false)]
    [InlineData("somebody will look at it", false)]
    [InlineData("None: later.", false)]
    [InlineData("`tests/Chaos -- campaigns` and others", false)]
    public void What_is_wrong_is_found(string shown, bool holds) =>
        Assert.Equal(holds, !FaultTable.Faults($"| 17 | Something happens. | No harm is done. | {shown} |").Any());
}
