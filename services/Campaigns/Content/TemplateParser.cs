using Fluid;
using Fluid.Ast;
using Fluid.Parser;
using Fluid.Values;
using Parlot.Fluent;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Parses Liquid within limits. The engine's parser is recursive and tries alternatives, so the depth, the steps and the time of a parse are
/// bounded at each place where it recurs: a text can neither overflow the stack nor keep the processor.
/// </summary>
internal sealed class TemplateParser : FluidParser
{
    private const int MaxDepth = 64;
    private const int MaxSteps = 100_000;
    private const int MaxChain = 100;
    private const int MaxRange = 1_000;

    public TemplateParser()
    {
        // No other files, and nothing that collects output without a limit.
        foreach (var tag in new[] { "include", "render", "capture", "ifchanged", "layout" })
        {
            RegisteredTags.Remove(tag);
        }

        Primary.Parser = new Bounded<Expression>(Primary.Parser!, CheckRange);
        FilterExpression.Parser = new Bounded<Expression>(FilterExpression.Parser!, CheckChain);
        foreach (var (name, tag) in RegisteredTags.ToList())
        {
            RegisteredTags[name] = new Bounded<Statement>(tag, CheckStatement);
        }

        foreach (var (name, create) in RegisteredOperators.ToList())
        {
            RegisteredOperators[name] = (left, right) => new CountedExpression(create(left, right));
        }
    }

    /// <summary>Parses a template; throws <see cref="TemplateException"/> if it is wrong or exceeds a limit.</summary>
    public ParsedTemplate Parse(string template, TemplateTime time)
    {
        var context = new BoundedContext(template, time);
        if (!Grammar.TryParse(context, out var statements, out var error) || error is not null)
        {
            // The engine takes any exception for an error in the text, also that the call has ended.
            time.Check();
            throw new TemplateException(error is null ? "The template cannot be read." : $"{error.Message} at {error.Position}");
        }

        return new ParsedTemplate(new FluidTemplate(statements), context.Steps);
    }

    // The engine makes all numbers of a range before the first step is counted.
    private static Expression CheckRange(Expression expression) => expression is not RangeExpression range || IsShort(range)
        ? expression
        : throw new TemplateException("A range must lie between two numbers that are at most 1,000 apart.");

    private static bool IsShort(RangeExpression range) =>
        Bound(range.From) is { } first && Bound(range.To) is { } last && last - first <= MaxRange;

    private static long? Bound(Expression expression) =>
        expression is LiteralExpression { Value: NumberValue value } && value.ToNumberValue() is > -1_000_000 and < 1_000_000 and var number
            ? (long)number
            : null;

    // Chains of filters and of AND and OR are read in a loop, but evaluated in recursion.
    private static Expression CheckChain(Expression expression)
    {
        var length = 0;
        for (var link = expression; link is not null; length++)
        {
            link = link switch
            {
                FilterExpression filter => filter.Input,
                BinaryExpression binary => binary.Right,
                _ => null,
            };
        }

        return length <= MaxChain ? expression : throw new TemplateException($"More than {MaxChain} filters or conditions stand in one chain.");
    }

    private static Statement CheckStatement(Statement statement)
    {
        switch (statement)
        {
            case IfStatement condition:
                CheckChain(condition.Condition);
                foreach (var other in condition.ElseIfs)
                {
                    CheckChain(other.Condition);
                }

                break;
            case UnlessStatement condition:
                CheckChain(condition.Condition);
                break;
            case ForStatement loop:
                CheckRange(loop.Source);
                break;
            case TableRowStatement row:
                CheckRange(row.Source);
                break;
        }

        return new CountedStatement(statement);
    }

    // A parser that counts where the inner one is entered and checks what it has read.
    private sealed class Bounded<T>(Parser<T> inner, Func<T, T> check) : Parser<T>
    {
        public override bool Parse(ParseContext context, ref Parlot.ParseResult<T> result)
        {
            var bounded = (BoundedContext)context;
            bounded.Enter();
            var read = inner.Parse(context, ref result);
            bounded.Leave();
            if (read)
            {
                result = new(result.Start, result.End, check(result.Value));
            }

            return read;
        }
    }

    private sealed class BoundedContext(string text, TemplateTime time) : FluidParseContext(text)
    {
        private int _depth;

        public int Steps { get; private set; }

        public void Enter()
        {
            time.Check();
            if (++_depth > MaxDepth)
            {
                throw new TemplateException($"The template is nested more than {MaxDepth} levels deep, at {Scanner.Cursor.Position}.");
            }

            if (++Steps > MaxSteps)
            {
                throw new TemplateException($"The template has more than {MaxSteps} tags and values.");
            }
        }

        public void Leave() => _depth--;
    }
}

/// <summary>A template that can be rendered, with the number of steps that it took to read it.</summary>
internal sealed record ParsedTemplate(IFluidTemplate Template, int Steps);
