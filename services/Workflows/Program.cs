using TagSegments.Workflows;

return await ServiceHost.RunAsync(args, WorkflowsApp.Build, typeof(WorkflowsApp).Assembly);
